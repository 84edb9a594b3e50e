// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/spots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace latent::fill {

namespace {

constexpr int kRays = 16;

/// Sums over rectangles in four look-ups. Double: sums of 100 MP stay exact enough.
class Sums {
 public:
  static Result<Sums> of(ImageView<const float> light) {
    Sums sums;
    LATENT_TRY(sums.table_, Image<double>::create({light.width() + 1, light.height() + 1}));
    const auto table = sums.table_.view();
    for (int y = 0; y < light.height(); ++y) {
      double row = 0;
      for (int x = 0; x < light.width(); ++x) {
        row += static_cast<double>(light.at(x, y));
        table.at(x + 1, y + 1) = table.at(x + 1, y) + row;
      }
    }
    return sums;
  }

  /// The mean over the square of that half side, as far as it lies in the picture.
  [[nodiscard]] double mean(int x, int y, int half) const {
    const auto table = table_.view();
    const int left = std::max(0, x - half);
    const int top = std::max(0, y - half);
    const int right = std::min(table.width() - 1, x + half + 1);
    const int bottom = std::min(table.height() - 1, y + half + 1);
    const double sum = table.at(right, bottom) - table.at(left, bottom) - table.at(right, top) +
                       table.at(left, top);
    return sum / (static_cast<double>(right - left) * static_cast<double>(bottom - top));
  }

 private:
  Image<double> table_;
};

/// How much darker a place is than its surroundings, for spots of about that radius.
double contrast(const Sums& sums, Point at, double radius) {
  const int inner = std::max(1, static_cast<int>(radius / 1.5));
  const int outer = static_cast<int>(2.5 * radius) + 1;
  return sums.mean(at.x, at.y, outer) - sums.mean(at.x, at.y, inner);
}

/// The middle one of what places around show of the same size, darker or brighter: on leaves or
/// stones as much as the spot itself, on sky next to nothing. Other dust nearby does not change it.
double unrest_around(ImageView<const float> light, const Sums& sums, Point at, double radius) {
  constexpr std::array kAway{4.0, 6.0, 9.0, 13.0};  // in radii
  std::vector<double> shown;
  shown.reserve(kAway.size() * kRays);
  for (std::size_t ring = 0; ring < kAway.size(); ++ring) {
    for (int i = 0; i < kRays; ++i) {
      // Every ring is turned a little, so that lines through the spot are not hit by all.
      const double angle = 2.0 * std::numbers::pi * (i + 0.25 * static_cast<double>(ring)) / kRays;
      const Point place{
          static_cast<int>(std::lround(at.x + kAway[ring] * radius * std::cos(angle))),
          static_cast<int>(std::lround(at.y + kAway[ring] * radius * std::sin(angle)))};
      if (place.x < 0 || place.y < 0 || place.x >= light.width() || place.y >= light.height()) {
        continue;
      }
      shown.push_back(std::abs(contrast(sums, place, radius)));
    }
  }
  if (shown.empty()) return 0;
  const auto middle = shown.begin() + static_cast<std::ptrdiff_t>(shown.size() / 2);
  std::ranges::nth_element(shown, middle);
  return *middle;
}

struct Ring {
  double mean = 0;
  double least = 0;
  double deviation = 0;
};

Ring ring_of(ImageView<const float> light, const Sums& sums, Point at, double radius, int half) {
  Ring ring;
  std::array<double, kRays> values{};
  for (int i = 0; i < kRays; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / kRays;
    const int x = std::clamp(static_cast<int>(std::lround(at.x + radius * std::cos(angle))), 0,
                             light.width() - 1);
    const int y = std::clamp(static_cast<int>(std::lround(at.y + radius * std::sin(angle))), 0,
                             light.height() - 1);
    values[static_cast<std::size_t>(i)] = sums.mean(x, y, half);
  }
  ring.least = *std::ranges::min_element(values);
  for (const double value : values) ring.mean += value / kRays;
  for (const double value : values) {
    ring.deviation += (value - ring.mean) * (value - ring.mean) / kRays;
  }
  ring.deviation = std::sqrt(ring.deviation);
  return ring;
}

/// A spot of about that radius around a place, or depth 0.
Spot judged(ImageView<const float> light, const Sums& sums, Point at, double radius,
            const SpotSettings& settings) {
  const int half = std::max(1, static_cast<int>(radius / 2.5));
  const Ring ring = ring_of(light, sums, at, 2.4 * radius, half);
  const double middle = sums.mean(at.x, at.y, half);
  const double depth = ring.mean - middle;
  Spot none;
  if (depth < settings.least_depth || ring.least - middle < 0.6 * depth) return none;
  if (ring.deviation > 0.22 * depth) return none;
  // How far it reaches along every ray: to where half of the depth is gone, then all but a tenth.
  std::array<double, kRays> reach{};
  double farthest = 0;
  for (int i = 0; i < kRays; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / kRays;
    double length = 0;
    for (; length < 2.4 * radius; length += 0.5) {
      const int x = static_cast<int>(std::lround(at.x + length * std::cos(angle)));
      const int y = static_cast<int>(std::lround(at.y + length * std::sin(angle)));
      if (x < 1 || y < 1 || x + 1 >= light.width() || y + 1 >= light.height()) break;
      if (sums.mean(x, y, 1) > ring.mean - 0.5 * depth) break;
    }
    reach[static_cast<std::size_t>(i)] = length;
    farthest = std::max(farthest, length);
  }
  double share = 0;
  for (const double length : reach) share += length * length / kRays;
  if (farthest <= 0 || share / (farthest * farthest) < settings.roundness) return none;
  const double unrest = unrest_around(light, sums, at, radius);
  if (contrast(sums, at, radius) < settings.stands_out * unrest) return none;
  const double half_depth_radius = std::sqrt(share);
  // A blurred disc has lost all but a hundredth of its depth at 2.6 times this radius.
  return {static_cast<double>(at.x), static_cast<double>(at.y), 2.6 * half_depth_radius + 1.5,
          depth};
}

bool overlaps(const Spot& one, const Spot& other) {
  const double dx = one.x - other.x;
  const double dy = one.y - other.y;
  const double near = std::max(one.radius, other.radius);
  return dx * dx + dy * dy < near * near;
}

}  // namespace

Result<std::vector<Spot>> find_spots(ImageView<const float> light, const SpotSettings& settings,
                                     const RunControl& control) {
  LATENT_TRY(const Sums sums, Sums::of(light));
  std::vector<Spot> found;
  constexpr double kNext = 1.5;
  for (double radius = settings.smallest; radius <= settings.largest; radius *= kNext) {
    LATENT_CHECK(control.check());
    const int step = std::max(1, static_cast<int>(radius / 2));
    for (int y = step; y < light.height() - step; y += step) {
      for (int x = step; x < light.width() - step; x += step) {
        const auto seen = [&](int px, int py) { return contrast(sums, {px, py}, radius); };
        const double here = seen(x, y);
        if (here < 0.4 * settings.least_depth) continue;
        if (seen(x - step, y) > here || seen(x + step, y) > here || seen(x, y - step) > here ||
            seen(x, y + step) > here) {
          continue;
        }
        Point best{x, y};
        double most = here;
        for (int dy = -step; dy <= step; ++dy) {
          for (int dx = -step; dx <= step; ++dx) {
            const double other = seen(x + dx, y + dy);
            if (other <= most) continue;
            most = other;
            best = {x + dx, y + dy};
          }
        }
        const Spot spot = judged(light, sums, best, radius, settings);
        if (spot.depth > 0 && spot.radius <= 2 * settings.largest) found.push_back(spot);
      }
    }
  }
  std::ranges::sort(found, [](const Spot& a, const Spot& b) { return a.depth > b.depth; });
  std::vector<Spot> kept;
  for (const Spot& spot : found) {
    const auto same =
        std::ranges::find_if(kept, [&](const Spot& other) { return overlaps(spot, other); });
    if (same == kept.end()) {
      kept.push_back(spot);
    } else {
      same->radius = std::max(same->radius, std::min(spot.radius, 1.3 * same->radius));
    }
    if (kept.size() >= settings.most) break;
  }
  // Deep spots are removed last: until here they absorb their own copies found at other sizes.
  std::erase_if(kept, [&](const Spot& spot) { return spot.depth > settings.most_depth; });
  return kept;
}

}  // namespace latent::fill
