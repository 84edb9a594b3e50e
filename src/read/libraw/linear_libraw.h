// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"
#include "image/linear_raw.h"
#include "read/libraw/libraw_file.h"

namespace latent::read {

/// Black levels by colour of what copy_libraw_colours() gives.
[[nodiscard]] std::array<float, 3> libraw_black_by_colour(const LibRaw& raw);

/// The three colours of an unpacked picture that has no mosaic; of the visible area.
///
/// Shapes   [visible height, visible width, 3]
/// Errors   Unsupported  LibRaw holds another kind of picture; TooLarge.
[[nodiscard]] Result<Image<std::uint16_t>> copy_libraw_colours(LibRaw& raw, const Limits& limits);

/// Lets LibRaw develop an unpacked picture: its demosaicing, the camera's white balance, linear
/// sRGB, nothing brightened, not turned.
///
/// Shapes   [h, w, 3]
/// Units    0 black, 65535 white
/// Errors   Corrupt, Unsupported, TooLarge, Cancelled; messages are predicates.
[[nodiscard]] Result<Image<std::uint16_t>> convert_to_linear_srgb(LibRaw& raw, const Limits& limits,
                                                                  const RunControl& control);

}  // namespace latent::read
