// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "image/image.h"
#include "mask/path.h"

namespace latent::mask {

/// Collects the edges of closed polygons and gives the exact area of each pixel that they cover.
///
/// Each edge leaves, in every row it crosses, what it changes in the cover of its own pixel and of
/// all that follow; the sum along a row is then the area. Exact for polygons that do not overlap
/// themselves; where they do, what is covered twice counts as covered.
///
/// Threads  one at a time.
class AreaBuffer {
 public:
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<AreaBuffer> create(const Rect& box);

  /// An edge from `a` to `b`, in pixels of the picture. What lies left of the box counts as on its
  /// border.
  void add_edge(PathPoint a, PathPoint b);

  /// The covered part of each pixel of the box, 0 to 1: [box.height, box.width]. Ends the
  /// collecting.
  [[nodiscard]] Result<Image<float>> cover(int threads) &&;

 private:
  AreaBuffer(const Rect& box, Image<float> cells) : box_(box), cells_(std::move(cells)) {}
  void add_inside(PathPoint a, PathPoint b, double direction);
  void add_row(int row, double xa, double xb, double signed_height);

  Rect box_;
  Image<float> cells_;  ///< one column more than the box
};

}  // namespace latent::mask
