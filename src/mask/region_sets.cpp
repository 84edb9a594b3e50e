// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/region_sets.h"

#include <vector>

namespace latent::mask {

namespace {

/// All regions of the same label that can be reached from `start`, which are marked as seen.
std::vector<int> reach(const RegionGraph& graph, const Labels& labels, int start, Labels& seen) {
  std::vector<int> found{start};
  seen[static_cast<std::size_t>(start)] = 1;
  for (std::size_t next = 0; next < found.size(); ++next) {
    for (const int index : graph.borders_of(found[next])) {
      const int other = graph.other(graph.borders[static_cast<std::size_t>(index)], found[next]);
      const auto at = static_cast<std::size_t>(other);
      if (seen[at] != 0 || labels[at] != labels[static_cast<std::size_t>(start)]) continue;
      seen[at] = 1;
      found.push_back(other);
    }
  }
  return found;
}

}  // namespace

void keep_connected(const RegionGraph& graph, Labels& labels, std::span<const int> seeds) {
  Labels seen(labels.size(), 0);
  for (const int seed : seeds) {
    const auto at = static_cast<std::size_t>(seed);
    if (labels[at] != 0 && seen[at] == 0) (void)reach(graph, labels, seed, seen);
  }
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = labels[i] != 0 && seen[i] != 0;
}

void fill_holes(const RegionGraph& graph, Labels& labels, std::span<const int> seeds, float share) {
  Labels seen(labels.size(), 0);
  Labels is_seed(labels.size(), 0);
  for (const int seed : seeds) is_seed[static_cast<std::size_t>(seed)] = 1;
  float total = 0.0F;
  for (const Region& region : graph.regions) total += region.area;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != 0 || seen[i] != 0) continue;
    const auto hole = reach(graph, labels, static_cast<int>(i), seen);
    float area = 0.0F;
    bool open = false;
    for (const int region : hole) {
      const auto at = static_cast<std::size_t>(region);
      area += graph.regions[at].area;
      open = open || graph.regions[at].frame > 0.0F || is_seed[at] != 0;
    }
    if (open || area > share * total) continue;
    for (const int region : hole) labels[static_cast<std::size_t>(region)] = 1;
  }
}

}  // namespace latent::mask
