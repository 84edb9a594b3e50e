// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/feather.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace latent::mask {

namespace {

/// A piece of the polygon: what its distance is measured to.
struct Piece {
  PathPoint a;
  PathPoint b;
  double feather_a = 0;
  double feather_b = 0;

  /// 1 - distance / feather at a place.
  [[nodiscard]] double value(PathPoint at) const {
    const PathPoint along = b - a;
    const double squared = dot(along, along);
    const double t = squared > 0 ? std::clamp(dot(at - a, along) / squared, 0.0, 1.0) : 0.0;
    const double feather = feather_a + (feather_b - feather_a) * t;
    return feather > 0 ? 1 - length(at - (a + along * t)) / feather : 0;
  }
};

/// Where a convex polygon lies in the rows next to a height: from low to high.
struct Reach {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double x) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
};

Reach reach(std::span<const PathPoint> polygon, double top, double bottom) {
  Reach found;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    PathPoint a = polygon[i];
    PathPoint b = polygon[(i + 1) % polygon.size()];
    if (a.y > b.y) std::swap(a, b);
    if (b.y < top || a.y > bottom) continue;
    const double slope = b.y > a.y ? (b.x - a.x) / (b.y - a.y) : 0;
    found.add(a.y < top ? a.x + (top - a.y) * slope : a.x);
    found.add(b.y > bottom ? a.x + (bottom - a.y) * slope : b.x);
  }
  return found;
}

class Drawing {
 public:
  Drawing(ImageView<float> mask, const Rect& box) : mask_(mask), box_(box) {}

  /// Raises what lies in a convex polygon, and a pixel around it, to the fall-off of a piece.
  void raise(std::span<const PathPoint> polygon, const Piece& piece) const {
    constexpr double kAround = 1;
    double top = std::numeric_limits<double>::infinity();
    double bottom = -top;
    for (const PathPoint& point : polygon) {
      top = std::min(top, point.y);
      bottom = std::max(bottom, point.y);
    }
    const int first = row_of(top - kAround);
    const int last = row_of(bottom + kAround);
    for (int y = first; y <= last && y < mask_.height(); ++y) {
      const double middle = box_.y + y + 0.5;
      const Reach part = reach(polygon, middle - kAround, middle + kAround);
      if (part.high < part.low) continue;
      raise_row(y, column_of(part.low - kAround), column_of(part.high + kAround), piece);
    }
  }

 private:
  [[nodiscard]] int row_of(double y) const {
    return static_cast<int>(std::clamp(std::floor(y - box_.y), 0.0, double{1} * mask_.height()));
  }
  [[nodiscard]] int column_of(double x) const {
    return static_cast<int>(std::clamp(std::floor(x - box_.x), -1.0, double{1} * mask_.width()));
  }
  void raise_row(int y, int first, int last, const Piece& piece) const {
    const auto row = mask_.row(y);
    for (int x = std::max(first, 0); x <= last && x < mask_.width(); ++x) {
      const double value = piece.value({box_.x + x + 0.5, box_.y + y + 0.5});
      float& sample = row[static_cast<std::size_t>(x)];
      sample = std::max(sample, static_cast<float>(value));
    }
  }

  ImageView<float> mask_;
  Rect box_;
};

/// The outward normals at both sides of a corner, turned from one to the other in steps of at most
/// 45 degrees.
void raise_corner(const Drawing& drawing, PathPoint at, PathPoint from, PathPoint to,
                  double feather) {
  constexpr double kPi = 3.14159265358979323846;
  double turn = std::atan2(cross(from, to), dot(from, to));
  const int steps = std::max(1, static_cast<int>(std::ceil(std::abs(turn) / (kPi / 4))));
  turn /= steps;
  const Piece piece{at, at, feather, feather};
  const double outer = feather / std::cos(turn / 2);
  PathPoint normal = from;
  for (int step = 0; step < steps; ++step) {
    const auto turned = [&](double angle) {
      return PathPoint{normal.x * std::cos(angle) - normal.y * std::sin(angle),
                       normal.x * std::sin(angle) + normal.y * std::cos(angle)};
    };
    const PathPoint next = turned(turn);
    const std::array<PathPoint, 4> fan{at, at + normal * feather, at + turned(turn / 2) * outer,
                                       at + next * feather};
    drawing.raise(fan, piece);
    normal = next;
  }
}

}  // namespace

void draw_feather(ImageView<float> mask, const Rect& box, std::span<const FlatPoint> polygon) {
  const double way = doubled_area(polygon) < 0 ? -1 : 1;
  const Drawing drawing(mask, box);
  std::vector<FlatPoint> points;
  for (const FlatPoint& point : polygon) {
    if (points.empty() || length(point.at - points.back().at) > 1e-9) points.push_back(point);
  }
  const std::size_t count = points.size();
  if (count < 2) return;
  const auto outward = [&](std::size_t i) {
    const PathPoint along = points[(i + 1) % count].at - points[i % count].at;
    const double size = length(along);
    return size > 0 ? PathPoint{way * along.y / size, -way * along.x / size} : PathPoint{};
  };
  PathPoint before = outward(count - 1);
  for (std::size_t i = 0; i < count; ++i) {
    const FlatPoint& a = points[i];
    const FlatPoint& b = points[(i + 1) % count];
    const PathPoint normal = outward(i);
    if (a.feather_px > 0 && way * cross(before, normal) > 1e-6) {
      raise_corner(drawing, a.at, before, normal, a.feather_px);
    }
    if (a.feather_px > 0 || b.feather_px > 0) {
      const std::array<PathPoint, 4> quad{a.at, b.at, b.at + normal * b.feather_px,
                                          a.at + normal * a.feather_px};
      drawing.raise(quad, {a.at, b.at, a.feather_px, b.feather_px});
    }
    before = normal;
  }
}

}  // namespace latent::mask
