// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::mask {

/// A picture at another size, middles of pixels on middles of pixels: between the samples where it
/// grows, by a triangle as wide as two pixels of the result where it shrinks (what Pillow and torch
/// call bilinear with antialiasing).
///
/// Shapes   picture [h, w, c]; return [size.height, size.width, c], in the same units.
/// Errors   TooLarge  memory is refused.
/// Threads  pure function.
[[nodiscard]] Result<Image<float>> resampled(ImageView<const float> picture, Size size);
[[nodiscard]] Result<Image<float>> resampled(ImageView<const std::uint8_t> picture, Size size);

}  // namespace latent::mask
