// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "image/geometry.h"

namespace latent::mask {

/// A place in a picture, in pixels: (0, 0) is the outer corner of the first pixel, whose middle is
/// (0.5, 0.5).
struct PathPoint {
  double x = 0;
  double y = 0;
  friend bool operator==(const PathPoint&, const PathPoint&) = default;
  friend PathPoint operator+(PathPoint a, PathPoint b) { return {a.x + b.x, a.y + b.y}; }
  friend PathPoint operator-(PathPoint a, PathPoint b) { return {a.x - b.x, a.y - b.y}; }
  friend PathPoint operator*(PathPoint a, double b) { return {a.x * b, a.y * b}; }
};

[[nodiscard]] inline double dot(PathPoint a, PathPoint b) { return a.x * b.x + a.y * b.y; }
[[nodiscard]] inline double cross(PathPoint a, PathPoint b) { return a.x * b.y - a.y * b.x; }
[[nodiscard]] inline double length(PathPoint a) { return std::sqrt(dot(a, a)); }

/// A node of a closed path: where it is, and the two handles of its cubic Bezier curves.
struct PathNode {
  PathPoint at;
  PathPoint arriving;     ///< handle of the curve that ends here
  PathPoint leaving;      ///< handle of the curve that begins here
  double feather_px = 0;  ///< how far outside the path the mask falls from 1 to 0
  friend bool operator==(const PathNode&, const PathNode&) = default;
};

/// What a member of a group does to what was drawn before it (a: before, m: the member).
enum class Combine : std::uint8_t {
  Union,         ///< max(a, m)
  Intersection,  ///< min(a, m)
  Difference,    ///< a (1 - m): how a hole is drawn
  Sum,           ///< min(1, a + m)
  Exclusion,     ///< max(a (1 - m), m (1 - a)) where both are above 0, else max(a, m)
  Product,       ///< a m
  Screen,        ///< a + m - a m
  Replace        ///< m
};

/// A closed path, or a group of shapes that are drawn one over the other.
struct Shape {
  std::string name;
  Combine combine = Combine::Union;
  bool inverse = false;        ///< 1 - m in place of m
  double opacity = 1;          ///< m times that, after `inverse`
  std::vector<PathNode> path;  ///< in order, the last joined to the first; empty in a group
  std::vector<Shape> members;  ///< of a group, in the order in which they are drawn
};

/// All nodes of a shape and of what is in it.
[[nodiscard]] inline std::size_t node_count(const Shape& shape) {
  std::size_t count = shape.path.size();
  for (const Shape& member : shape.members) count += node_count(member);
  return count;
}

}  // namespace latent::mask
