// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/iso_line.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

namespace latent::mask {

namespace {

/// Between the middles of pixels, which are at halves.
double sample(ImageView<const float> mask, PathPoint at) {
  const double x = std::clamp(at.x - 0.5, 0.0, static_cast<double>(mask.width() - 1));
  const double y = std::clamp(at.y - 0.5, 0.0, static_cast<double>(mask.height() - 1));
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const int right = std::min(left + 1, mask.width() - 1);
  const int bottom = std::min(top + 1, mask.height() - 1);
  const double in_x = x - left;
  const double in_y = y - top;
  const auto value = [&](int column, int row) { return static_cast<double>(mask.at(column, row)); };
  return (value(left, top) * (1 - in_x) + value(right, top) * in_x) * (1 - in_y) +
         (value(left, bottom) * (1 - in_x) + value(right, bottom) * in_x) * in_y;
}

/// Where the mask crosses the threshold along a line, nearest to its middle.
std::optional<double> crossing(ImageView<const float> mask, double threshold, PathPoint at,
                               PathPoint normal) {
  constexpr std::array<double, 7> kSteps{-1.5, -1, -0.5, 0, 0.5, 1, 1.5};
  std::array<double, 7> above{};
  for (std::size_t i = 0; i < kSteps.size(); ++i) {
    above[i] = sample(mask, at + normal * kSteps[i]) - threshold;
  }
  std::optional<double> nearest;
  for (std::size_t i = 0; i + 1 < kSteps.size(); ++i) {
    if ((above[i] > 0) == (above[i + 1] > 0)) continue;
    double low = kSteps[i];
    double high = kSteps[i + 1];
    double at_low = above[i];
    double at_high = above[i + 1];
    for (int round = 0; round < 2; ++round) {  // the mask is no straight line between steps
      const double middle = low + (high - low) * at_low / (at_low - at_high);
      const double value = sample(mask, at + normal * middle) - threshold;
      if (value == 0) {
        low = high = middle;
        break;
      }
      if ((value > 0) == (at_low > 0)) {
        low = middle;
        at_low = value;
      } else {
        high = middle;
        at_high = value;
      }
    }
    const double found = high > low ? low + (high - low) * at_low / (at_low - at_high) : low;
    if (!nearest || std::abs(found) < std::abs(*nearest)) nearest = found;
  }
  return nearest;
}

PathPoint unit(PathPoint a) {
  const double size = length(a);
  return size > 0 ? a * (1 / size) : PathPoint{1, 0};
}

/// The offsets of a closed contour, smoothed by a kernel 5 points wide that stops at corners.
std::vector<double> smoothed(const std::vector<double>& offsets,
                             const std::vector<ContourPoint>& contour) {
  constexpr std::array<double, 4> kWeights{0.30, 0.22, 0.10, 0.03};
  const auto count = static_cast<std::ptrdiff_t>(offsets.size());
  std::vector<double> result(offsets.size());
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    double sum = kWeights[0] * offsets[static_cast<std::size_t>(i)];
    double weights = kWeights[0];
    for (const std::ptrdiff_t way : {-1, 1}) {
      for (std::ptrdiff_t away = 1; away < 4; ++away) {
        const auto at = static_cast<std::size_t>(((i + way * away) % count + count) % count);
        if (contour[at].corner) break;
        sum += kWeights[static_cast<std::size_t>(away)] * offsets[at];
        weights += kWeights[static_cast<std::size_t>(away)];
      }
    }
    result[static_cast<std::size_t>(i)] = sum / weights;
  }
  return result;
}

/// Where the two sides of a corner meet after each has moved along its normal.
PathPoint moved_corner(PathPoint at, PathPoint normal_a, double move_a, PathPoint normal_b,
                       double move_b) {
  constexpr double kMost = 2;
  const double turn = cross(normal_a, normal_b);
  if (std::abs(turn) < 0.2) return at + unit(normal_a + normal_b) * ((move_a + move_b) / 2);
  const PathPoint moved{(move_a * normal_b.y - move_b * normal_a.y) / turn,
                        (move_b * normal_a.x - move_a * normal_b.x) / turn};
  const double size = length(moved);
  return at + (size > kMost ? moved * (kMost / size) : moved);
}

}  // namespace

namespace {

OnIsoLine moved_once(const std::vector<ContourPoint>& contour, ImageView<const float> mask,
                     float threshold) {
  const std::size_t count = contour.size();
  if (count < 3) return {contour, 0};
  const auto normal_at = [&](std::size_t before, std::size_t after) {
    const PathPoint along = unit(contour[after].at - contour[before].at);
    return PathPoint{along.y, -along.x};
  };
  std::vector<double> offsets(count);
  std::vector<PathPoint> normals(count);
  for (std::size_t i = 0; i < count; ++i) {
    normals[i] = normal_at((i + count - 1) % count, (i + 1) % count);
    if (contour[i].corner) continue;
    offsets[i] = crossing(mask, threshold, contour[i].at, normals[i]).value_or(0);
  }
  const std::vector<double> smooth = smoothed(offsets, contour);
  OnIsoLine result{contour, 0};
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!contour[i].corner) {
      result.points[i].at = contour[i].at + normals[i] * smooth[i];
      squares += (offsets[i] - smooth[i]) * (offsets[i] - smooth[i]);
      continue;
    }
    // The neighbours nearest to a corner find the other side's line: those two further are asked.
    const auto beside = [&](std::size_t steps) { return (i + steps) % count; };
    const std::size_t back = beside(count - std::min<std::size_t>(3, count - 1));
    const std::size_t ahead = beside(std::min<std::size_t>(3, count - 1));
    result.points[i].at = moved_corner(contour[i].at, normal_at(beside(count - 1), i), smooth[back],
                                       normal_at(i, beside(1)), smooth[ahead]);
  }
  result.wiggle_px = std::sqrt(squares / static_cast<double>(count));
  return result;
}

}  // namespace

OnIsoLine move_to_iso_line(const std::vector<ContourPoint>& contour, ImageView<const float> mask,
                           float threshold) {
  // The traced curve swings about the contour, and what is smoothed leaves a part of that.
  constexpr int kMoreRounds = 2;
  OnIsoLine line = moved_once(contour, mask, threshold);
  for (int round = 0; round < kMoreRounds; ++round) {
    line = moved_once(line.points, mask, threshold);
  }
  return line;
}

}  // namespace latent::mask
