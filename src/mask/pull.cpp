// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/pull.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "mask/flatten.h"

namespace latent::mask {

namespace {

constexpr double kReach = 3;      ///< pixels: how far along the contour a pull is felt
constexpr double kFarthest = 1;   ///< pixels: what lies farther off is no matter of a pull
constexpr double kBeyond = 0.03;  ///< pixels: how far past a pixel's middle the path is to run

/// From the nearest place on a closed polygon to `to`.
PathPoint way_from(std::span<const FlatPoint> polygon, PathPoint to) {
  PathPoint best;
  double least = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const PathPoint a = polygon[i].at;
    const PathPoint along = polygon[(i + 1) % polygon.size()].at - a;
    const double squared = dot(along, along);
    const double share = squared > 0 ? std::clamp(dot(to - a, along) / squared, 0.0, 1.0) : 0.0;
    const PathPoint way = to - (a + along * share);
    const double distance = dot(way, way);
    if (distance >= least) continue;
    least = distance;
    best = way;
  }
  return best;
}

}  // namespace

std::vector<PathPoint> differing_pixels(const Bits& a, const Bits& b, PathPoint origin,
                                        std::size_t most) {
  std::vector<PathPoint> found;
  for (int y = 0; y < a.size().height; ++y) {
    const auto one = a.row(y);
    const auto two = b.row(y);
    for (std::size_t word = 0; word < one.size(); ++word) {
      for (std::uint64_t bits = one[word] ^ two[word]; bits != 0;) {
        const int first = std::countl_zero(bits);
        bits &= ~(std::uint64_t{1} << (63 - first));
        const int x = static_cast<int>(word) * 64 + first;
        if (x >= a.size().width) break;
        if (found.size() == most) return found;
        found.push_back(origin + PathPoint{x + 0.5, y + 0.5});
      }
    }
  }
  return found;
}

void pull_past(std::vector<ContourPoint>& points, std::span<const PathNode> path,
               std::span<const PathPoint> pixels) {
  if (path.empty()) return;
  const auto polygon = flatten(path);
  for (const PathPoint& pixel : pixels) {
    const PathPoint way = way_from(polygon, pixel);
    const double distance = length(way);
    if (distance > kFarthest || distance <= 0) continue;
    const PathPoint pull = way * ((distance + kBeyond) / distance);
    for (ContourPoint& point : points) {
      const PathPoint off = point.at - pixel;
      const double share = 1 - dot(off, off) / (kReach * kReach);
      if (share > 0) point.at = point.at + pull * share;
    }
  }
}

}  // namespace latent::mask
