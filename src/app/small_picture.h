// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"

namespace latent::app {

/// What is shown of a raw file.
enum class RawLook : std::uint8_t {
  Embedded,  ///< the preview that the camera put into it; developed plainly where there is none
  Developed  ///< developed plainly: what it holds now
};

/// A photograph made small, to look at: of a JPEG what decoding at a fraction gives, of other
/// pictures all of it made smaller.
///
/// Shapes   [h, w, 3], upright; the longer side is `longest_side_px` or less.
/// Units    encoded sRGB.
/// Errors   as read::Photograph::open() and what decodes.
[[nodiscard]] Result<Image<std::uint8_t>> small_picture(const std::filesystem::path& file,
                                                        int longest_side_px,
                                                        RawLook raw = RawLook::Embedded,
                                                        const Limits& limits = {},
                                                        const RunControl& control = {});

/// Writes small_picture() as a JPEG, for a report; raws are developed. What is there is replaced.
///
/// Errors   those of small_picture() and of writing a JPEG.
[[nodiscard]] Status write_small_picture(const std::filesystem::path& source,
                                         const std::filesystem::path& target, int longest_side_px,
                                         const Limits& limits);

}  // namespace latent::app
