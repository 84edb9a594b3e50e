// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/safe_file.h"
#include "image/mask.h"

namespace latent::app {

struct MaskOutputOptions {
  int bits = 8;  ///< of a PNG: 8 or 16. A TIFF has 16
  bool overwrite = false;
  FileAccess access = {};  ///< no more open than the photograph
};

/// Whether write_mask_result() writes such a file.
///
/// Errors   Usage  as check_output_file().
[[nodiscard]] Status check_mask_target(const std::filesystem::path& target);

/// Writes a mask as a grey picture: 0 is black, 1 is white, linear between.
///
/// Shapes   mask [h, w, 1], 0 to 1.
/// Errors   as write::write_png().
[[nodiscard]] Status write_mask_result(const std::filesystem::path& target,
                                       ImageView<const float> mask,
                                       const MaskOutputOptions& options);

/// Writes the photograph with the mask over it, to look at: what lies outside is dark, the object
/// keeps its colours, and a line runs along the outline. PNG, 8 bits, not turned.
///
/// Shapes   picture [h, w, 3], encoded sRGB; mask [h, w, 1].
/// Errors   as write::write_png().
[[nodiscard]] Status write_mask_overlay(const std::filesystem::path& target,
                                        ImageView<const std::uint8_t> picture,
                                        ImageView<const float> mask,
                                        const MaskOutputOptions& options);

}  // namespace latent::app
