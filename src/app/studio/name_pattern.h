// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/job.h"
#include "base/result.h"

namespace latent::app {

/// What a new pattern begins with.
inline constexpr const char* kUsualPattern = "$(FILE_FOLDER)/$(FILE_NAME)$(SUFFIX)";

/// The variables of a pattern and what each stands for, to be listed.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pattern_variables();

/// What a pattern is filled in from.
struct PatternFacts {
  std::filesystem::path source;
  int sequence = 1;               ///< of the picture in its batch
  std::filesystem::path library;  ///< the folder that was opened, for $(SUBFOLDER)
};

/// The path of a result, as darktable's variables name it: $(FILE_FOLDER), $(FILE_NAME),
/// $(FILE_EXTENSION), $(SUFFIX), $(TASK), $(MODEL), $(STRENGTH), $(SCALE), $(SEQUENCE),
/// $(SUBFOLDER), $(YEAR), $(MONTH), $(DAY), $(HOME). The ending is the job's, whatever the pattern
/// ends in; a pattern that ends in a slash, or names a folder that is there, is a folder; a
/// relative one begins at the source's folder.
///
/// Errors   Usage  an unknown variable or none closed; the sentence lists them.
[[nodiscard]] Result<std::filesystem::path> named_by_pattern(const std::string& pattern,
                                                             const Job& job,
                                                             const PatternFacts& facts);

}  // namespace latent::app
