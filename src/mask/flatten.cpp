// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/flatten.h"

#include <algorithm>
#include <cmath>

namespace latent::mask {

namespace {

/// Parts that a curve needs to stay within the tolerance: its second differences say.
int parts_of(PathPoint p0, PathPoint p1, PathPoint p2, PathPoint p3) {
  constexpr double kTolerance = 0.02;
  constexpr double kMostParts = 2000;
  const double bend = std::max(length(p0 - p1 * 2 + p2), length(p1 - p2 * 2 + p3));
  const double parts = std::ceil(std::sqrt(0.75 * bend / kTolerance));
  return static_cast<int>(std::clamp(parts, 1.0, kMostParts));
}

PathPoint curve_at(PathPoint p0, PathPoint p1, PathPoint p2, PathPoint p3, double t) {
  const double s = 1 - t;
  return p0 * (s * s * s) + p1 * (3 * s * s * t) + p2 * (3 * s * t * t) + p3 * (t * t * t);
}

}  // namespace

std::vector<FlatPoint> flatten(std::span<const PathNode> path) {
  std::vector<FlatPoint> polygon;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const PathNode& a = path[i];
    const PathNode& b = path[(i + 1) % path.size()];
    const int parts = parts_of(a.at, a.leaving, b.arriving, b.at);
    for (int part = 0; part < parts; ++part) {
      const double t = static_cast<double>(part) / parts;
      const double smooth = t * t * (3 - 2 * t);
      polygon.push_back({curve_at(a.at, a.leaving, b.arriving, b.at, t),
                         a.feather_px + (b.feather_px - a.feather_px) * smooth});
    }
  }
  return polygon;
}

double doubled_area(std::span<const FlatPoint> polygon) {
  double sum = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    sum += cross(polygon[i].at, polygon[(i + 1) % polygon.size()].at);
  }
  return sum;
}

double contour_length(std::span<const PathNode> path) {
  const auto polygon = flatten(path);
  double sum = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    sum += length(polygon[(i + 1) % polygon.size()].at - polygon[i].at);
  }
  return sum;
}

}  // namespace latent::mask
