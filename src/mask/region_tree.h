// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "mask/region_graph.h"

namespace latent::mask {

/// Merges the cheapest two neighbours until one region is left: fills `graph.tree` and
/// `graph.order`. Regions that do not touch (there are none in a picture of one piece) are joined
/// last. Small regions are cheap, so that no speck outlives what it lies in.
///
/// Gives for each border the greatest cost that was paid until its two sides were one.
[[nodiscard]] std::vector<float> merge_regions(RegionGraph& graph);

}  // namespace latent::mask
