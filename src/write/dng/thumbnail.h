// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::write {

/// A smaller copy whose longer side is at most `long_side`; each pixel is the mean of the block it
/// stands for. A picture that is small enough is copied.
///
/// Shapes   [h, w, channels] in and out.
/// Units    encoded values are averaged as they are: good enough for an icon.
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Result<Image<std::uint8_t>> thumbnail(ImageView<const std::uint8_t> picture,
                                                    int long_side);

}  // namespace latent::write
