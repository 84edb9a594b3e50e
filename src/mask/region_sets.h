// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "mask/proposals.h"

namespace latent::mask {

/// Takes out of the set what does not hang together with a seed.
void keep_connected(const RegionGraph& graph, Labels& labels, std::span<const int> seeds);

/// Puts into the set what it encloses, where that is at most `share` of the picture and holds none
/// of `seeds`. What touches the picture's border is not enclosed.
void fill_holes(const RegionGraph& graph, Labels& labels, std::span<const int> seeds, float share);

}  // namespace latent::mask
