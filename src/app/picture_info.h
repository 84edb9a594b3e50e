// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metadata/metadata.h"
#include "read/picture.h"
#include "rgb/noise_level.h"

namespace latent::app {

/// What Latent sees in a finished picture, and what it would do with it.
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

/// Whether a file is a finished picture, by its header; false for raw files and what is neither.
[[nodiscard]] bool is_finished_picture(const std::filesystem::path& path,
                                       const Limits& limits = {});

/// Looks at a finished picture without writing anything. One whose header can be read but whose
/// samples cannot gives what the header tells, and the refusal.
///
/// Errors   as read::inspect_picture().
[[nodiscard]] Result<PictureInfo> picture_info(const std::filesystem::path& path,
                                               const Limits& limits = {});

}  // namespace latent::app
