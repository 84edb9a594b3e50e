// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/geodesic.h"

#include <cmath>
#include <functional>
#include <queue>
#include <utility>

namespace latent::mask {

namespace {

constexpr float kLengthCost = 0.6F;

}  // namespace

std::vector<float> geodesic_distance(const RegionGraph& graph, std::span<const int> seeds,
                                     std::span<const float> starts) {
  constexpr float kFar = 1e9F;
  std::vector<float> distance(graph.regions.size(), kFar);
  using Entry = std::pair<float, int>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  float total = 0.0F;
  for (const Region& region : graph.regions) total += region.area;
  const float scale = kLengthCost / std::sqrt(total);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const float start = starts.empty() ? 0.0F : starts[i];
    float& at_seed = distance[static_cast<std::size_t>(seeds[i])];
    if (start >= at_seed) continue;
    at_seed = start;
    queue.emplace(start, seeds[i]);
  }
  while (!queue.empty()) {
    const auto [here, region] = queue.top();
    queue.pop();
    if (here > distance[static_cast<std::size_t>(region)]) continue;
    const Region& from = graph.regions[static_cast<std::size_t>(region)];
    for (const int index : graph.borders_of(region)) {
      const Border& border = graph.borders[static_cast<std::size_t>(index)];
      const int other = graph.other(border, region);
      const Region& to = graph.regions[static_cast<std::size_t>(other)];
      const float length = std::hypot(to.x - from.x, to.y - from.y) * scale;
      const float hindrance = 0.5F * (border.rank * border.rank + border.merged * border.merged);
      const float there = here + length + 0.12F * hindrance;
      float& known = distance[static_cast<std::size_t>(other)];
      if (there >= known) continue;
      known = there;
      queue.emplace(there, other);
    }
  }
  return distance;
}

FrameSeeds frame_seeds(const RegionGraph& graph) {
  FrameSeeds seeds;
  for (std::size_t i = 0; i < graph.regions.size(); ++i) {
    const Region& region = graph.regions[i];
    if (region.frame <= 0.0F) continue;
    seeds.regions.push_back(static_cast<int>(i));
    seeds.starts.push_back(0.0F);
  }
  return seeds;
}

}  // namespace latent::mask
