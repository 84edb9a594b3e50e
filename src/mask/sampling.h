// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "image/image.h"

namespace latent::mask {

/// Between the four samples around a place, edges continued. Places are counted in samples, the
/// middle of the first is 0.5, 0.5.
[[nodiscard]] inline float bilinear(ImageView<const float> image, float x, float y,
                                    int channel = 0) {
  const float px = std::clamp(x - 0.5F, 0.0F, static_cast<float>(image.width() - 1));
  const float py = std::clamp(y - 0.5F, 0.0F, static_cast<float>(image.height() - 1));
  const int left = static_cast<int>(px);
  const int top = static_cast<int>(py);
  const int right = std::min(left + 1, image.width() - 1);
  const int bottom = std::min(top + 1, image.height() - 1);
  const float fx = px - static_cast<float>(left);
  const float fy = py - static_cast<float>(top);
  const float above =
      image.at(left, top, channel) * (1.0F - fx) + image.at(right, top, channel) * fx;
  const float below =
      image.at(left, bottom, channel) * (1.0F - fx) + image.at(right, bottom, channel) * fx;
  return above * (1.0F - fy) + below * fy;
}

/// Part of a picture, reduced by a whole factor, 0 to 1: pixel (x, y) is the mean of the block
/// that begins at ((area.x + x) * factor, (area.y + y) * factor).
///
/// Shapes   picture [h, w, 3], 0..255; return [area.height, area.width, 3]; `area` lies inside
///          the reduced picture, whose sides are rounded up.
[[nodiscard]] Result<Image<float>> reduced_part(ImageView<const std::uint8_t> picture,
                                                const Rect& area, int factor);

}  // namespace latent::mask
