// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"

namespace latent::read {

/// Makes a picture smaller: every new sample is the mean of the area that it covers, fractions of
/// samples counted as fractions, rounded to nearest.
///
/// Shapes   [h, w, c] -> [size.height, size.width, c]; neither side may grow.
/// Units    averages the samples as they are encoded.
/// Errors   TooLarge where memory is refused.
template <class T>
[[nodiscard]] Result<Image<T>> area_average(ImageView<const T> from, Size size,
                                            const Limits& limits);

extern template Result<Image<std::uint8_t>> area_average(ImageView<const std::uint8_t>, Size,
                                                         const Limits&);
extern template Result<Image<std::uint16_t>> area_average(ImageView<const std::uint16_t>, Size,
                                                          const Limits&);

}  // namespace latent::read
