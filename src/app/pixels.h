// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "image/image.h"
#include "image/picture.h"

// Pixels to look at: encoded sRGB, 8 bits.
namespace latent::app {

/// From the colours of a profile to sRGB, in place; no profile or a damaged one means sRGB.
///
/// Shapes   [h, w, 3]
[[nodiscard]] Status to_srgb(ImageView<std::uint8_t> pixels, std::span<const std::uint8_t> icc);

/// A finished picture in sRGB; grey becomes three equal samples, transparency lies on black.
[[nodiscard]] Result<Image<std::uint8_t>> srgb_pixels(const Picture& picture);

/// Rounds encoded sRGB to 8 bits, as the writers do: out = round(255 x), bounded.
///
/// Shapes   [h, w, 3] both
void round_to_bytes(ImageView<const float> in, ImageView<std::uint8_t> out);

/// Turns pixels as EXIF's orientation asks.
///
/// Shapes   [h, w, 3]
[[nodiscard]] Result<Image<std::uint8_t>> turned_upright(Image<std::uint8_t> pixels,
                                                         int orientation);

}  // namespace latent::app
