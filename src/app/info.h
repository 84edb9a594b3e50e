// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "metadata/metadata.h"
#include "read/picture/picture_facts.h"
#include "read/raw_facts.h"
#include "rgb/noise_level.h"

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

/// The same of a finished picture.
struct PictureInfo {
  read::PictureFacts facts;
  std::string profile;  ///< in words; empty where the picture cannot be opened
  bool profile_from_file = false;
  bool profile_stated = false;           ///< as Picture::icc_stated
  std::optional<rgb::NoiseLevel> level;  ///< absent where the picture cannot be opened
  std::vector<metadata::DescribedField> described;
  std::filesystem::path output;  ///< that denoise would write; empty where it would refuse
  std::string refusal;           ///< the sentence with which it would refuse
  std::vector<std::string> warnings;
};

/// Looks at a photograph without writing anything. One whose headers can be read but whose samples
/// cannot gives what the headers tell, and the refusal.
///
/// Errors   as read::Photograph::open().
[[nodiscard]] Result<std::variant<RawInfo, PictureInfo>> info(const std::filesystem::path& path,
                                                              const Limits& limits = {});

/// The same as one JSON object, two spaces a level: what `latent info --json` prints (docs/cli.md).
[[nodiscard]] std::string to_json(const std::filesystem::path& file,
                                  const std::variant<RawInfo, PictureInfo>& info);

}  // namespace latent::app
