// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metadata/metadata.h"
#include "read/raw.h"

namespace latent::app {

/// What Latent sees in a raw file, and what it would do with it.
struct RawInfo {
  read::RawFacts facts;
  std::optional<NoiseModel> noise;  ///< of the file's profile, else estimated; absent for what
                                    ///< cannot be opened
  double noise_confidence = 1;      ///< 0..1, of an estimate
  std::vector<metadata::DescribedField> described;
  std::filesystem::path output;  ///< that rawdenoise would write; empty where it would refuse
  std::string refusal;           ///< the sentence with which it would refuse
  std::vector<std::string> warnings;
};

/// Looks at a raw file without writing anything. A file whose header can be read but whose picture
/// cannot be taken gives what the header tells, and the refusal.
///
/// Errors   as read::inspect_raw().
[[nodiscard]] Result<RawInfo> raw_info(const std::filesystem::path& path,
                                       const Limits& limits = {});

}  // namespace latent::app
