// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "mask/region_graph.h"

namespace latent::mask {

/// How far each region is from the nearest seed by the way of least resistance: steps count their
/// length, as a share of the picture's size, and the contrast of the borders they cross.
///
/// `starts`  what each seed begins with, as many as `seeds`; empty for 0
/// Source    Bai and Sapiro, "Geodesic Matting", IJCV 2009, on regions in place of pixels; the
///           shortest paths are Dijkstra's.
[[nodiscard]] std::vector<float> geodesic_distance(const RegionGraph& graph,
                                                   std::span<const int> seeds,
                                                   std::span<const float> starts = {});

/// Seeds and what they begin with for the picture's border, where the background probably is: the
/// more of a region's outline the border is, the less.
struct FrameSeeds {
  std::vector<int> regions;
  std::vector<float> starts;
};
[[nodiscard]] FrameSeeds frame_seeds(const RegionGraph& graph);

}  // namespace latent::mask
