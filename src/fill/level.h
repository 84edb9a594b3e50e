// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace latent::fill {

/// Channels of a pixel while a hole is filled: three colours, and how rough the surroundings are.
inline constexpr int kChannels = 4;

/// One size of the picture around a hole.
struct Level {
  Image<float> pixels;       ///< [h, w, 4]: encoded colours, roughness
  Image<std::uint8_t> hole;  ///< 1: to be filled
  Image<std::uint8_t> bar;   ///< 1: known or not, nothing is taken from here
  [[nodiscard]] Size size() const { return pixels.size(); }
};

/// The picture and its halves, the finest first. A reduced pixel belongs to the hole where one of
/// its four does. The last level is the first whose hole is no thicker than `thin` pixels, or whose
/// sides are not longer than `shortest`.
///
/// Shapes   colours [h, w, 3]; hole and bar [h, w, 1].
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Result<std::vector<Level>> pyramid(ImageView<const float> colours,
                                                 ImageView<const std::uint8_t> hole,
                                                 ImageView<const std::uint8_t> bar, int thin,
                                                 int shortest);

/// How far each pixel of the hole is from the nearest pixel outside, by steps to eight neighbours;
/// 0 outside.
///
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Result<Image<std::int32_t>> depth_in_hole(ImageView<const std::uint8_t> hole);

}  // namespace latent::fill
