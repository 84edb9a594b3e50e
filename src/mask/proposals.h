// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mask/looks.h"
#include "mask/region_graph.h"

namespace latent::mask {

/// One thing a person said of the picture: a click, a stroke or a box.
struct Mark {
  std::vector<int> regions;  ///< that it covers, the one in its middle first
  bool on_object = true;
  bool certain = true;  ///< false of a box, in which only some regions are of the object
  float x = 0.0F;       ///< its middle, working pixels
  float y = 0.0F;
  float radius = 0.0F;  ///< of what was painted; a click has 0
};

/// A picture made ready: what every click works on.
struct Scene {
  RegionGraph graph;
  Looks looks;
  float step = 1.0F;  ///< the side of a superpixel of mean area
  float side = 1.0F;  ///< the root of the picture's area
  Size size;
};

using Labels = std::vector<std::uint8_t>;  ///< of each region: 1 in the object

/// What is known when the next mark is to be answered.
struct Question {
  std::span<const Mark> marks;     ///< the last is the new one; never empty
  const Labels* before = nullptr;  ///< the mask that the new mark corrects; null at the first
  const Labels* start =
      nullptr;  ///< the mask before the first mark, which no mark explains; or null
  const Labels* barred = nullptr;  ///< regions that cannot be of the object (outside a box)
};

/// Ways in which the object may lie, all of which agree with the marks: cuts of many sizes around
/// the new mark, cuts by all marks anew, and regions of the merge tree.
///
/// Threads  pure function.
[[nodiscard]] std::vector<Labels> propose(const Scene& scene, const Question& question);

}  // namespace latent::mask
