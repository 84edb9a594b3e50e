// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "mask/path.h"

namespace latent::mask {

/// A point of a path that was made a polygon.
struct FlatPoint {
  PathPoint at;
  double feather_px = 0;
};

/// The closed polygon of a path, no further from its curves than 0.02 px; the last point is joined
/// to the first. The feather between two nodes goes from one's to the other's as darktable's does,
/// by t * t * (3 - 2 t) of the curve's parameter.
[[nodiscard]] std::vector<FlatPoint> flatten(std::span<const PathNode> path);

/// Twice the area of the polygon; negative where it runs the other way round.
[[nodiscard]] double doubled_area(std::span<const FlatPoint> polygon);

/// How long a closed path is, in pixels.
[[nodiscard]] double contour_length(std::span<const PathNode> path);

}  // namespace latent::mask
