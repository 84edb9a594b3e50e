// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "image/image.h"
#include "mask/contour.h"

namespace latent::mask {

/// Moves the points of a contour onto the line where a mask has the value `threshold`, between the
/// middles of its pixels: at most 1.5 px along the contour's normal. A point that finds no crossing
/// there stays. What the points move by is smoothed along the contour, but not across corners.
///
/// `wiggle_px` of the answer is the standard deviation of what the smoothing took away: about 0
/// where the mask is soft along its edge, 0.15 px where its edge is a staircase.
///
/// Shapes   mask [h, w, 1], continued beyond its border by the pixels there.
struct OnIsoLine {
  std::vector<ContourPoint> points;
  double wiggle_px = 0;
};
[[nodiscard]] OnIsoLine move_to_iso_line(const std::vector<ContourPoint>& contour,
                                         ImageView<const float> mask, float threshold);

}  // namespace latent::mask
