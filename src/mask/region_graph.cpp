// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/region_graph.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "mask/region_tree.h"

namespace latent::mask {

namespace {

constexpr float kTextureWeight = 2.5F;  // Lab units for a unit of texture
constexpr float kLightWeight = 0.8F;    // shadows change L* more than a* and b*

struct Sums {
  double area = 0;
  double x = 0;
  double y = 0;
  std::array<double, 5> look{};
};

std::vector<Region> measured(const WorkingPicture& picture, const Superpixels& pieces) {
  std::vector<Sums> sums(static_cast<std::size_t>(pieces.count));
  std::vector<Region> regions(static_cast<std::size_t>(pieces.count));
  const int width = picture.lab.width();
  const int height = picture.lab.height();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto label = static_cast<std::size_t>(pieces.labels.view().at(x, y));
      Sums& sum = sums[label];
      sum.area += 1;
      sum.x += x;
      sum.y += y;
      const float* lab = &picture.lab.view().at(x, y);
      sum.look[0] += kLightWeight * lab[0];
      sum.look[1] += lab[1];
      sum.look[2] += lab[2];
      sum.look[3] += kTextureWeight * std::sqrt(picture.texture.view().at(x, y, 0));
      sum.look[4] += kTextureWeight * std::sqrt(picture.texture.view().at(x, y, 1));
      if (x == 0 || y == 0 || x == width - 1 || y == height - 1) regions[label].frame += 1.0F;
    }
  }
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const double scale = 1.0 / std::max(1.0, sums[i].area);
    regions[i].area = static_cast<float>(sums[i].area);
    regions[i].x = static_cast<float>(sums[i].x * scale);
    regions[i].y = static_cast<float>(sums[i].y * scale);
    for (std::size_t c = 0; c < 5; ++c) {
      regions[i].look[c] = static_cast<float>(sums[i].look[c] * scale);
    }
  }
  return regions;
}

struct Touch {
  float length = 0.0F;
  float gradient = 0.0F;
};

std::vector<Border> measured_borders(const WorkingPicture& picture, const Superpixels& pieces,
                                     const std::vector<Region>& regions) {
  std::unordered_map<std::uint64_t, Touch> touches;
  touches.reserve(regions.size() * 4);
  const auto labels = pieces.labels.view();
  const auto gradient = picture.gradient.view();
  const auto touch = [&](int x, int y, int x2, int y2) {
    const auto one = static_cast<std::uint64_t>(labels.at(x, y));
    const auto two = static_cast<std::uint64_t>(labels.at(x2, y2));
    if (one == two) return;
    Touch& found = touches[(std::min(one, two) << 32U) | std::max(one, two)];
    found.length += 1.0F;
    found.gradient += std::max(gradient.at(x, y), gradient.at(x2, y2));
  };
  for (int y = 0; y < labels.height(); ++y) {
    for (int x = 0; x < labels.width(); ++x) {
      if (x + 1 < labels.width()) touch(x, y, x + 1, y);
      if (y + 1 < labels.height()) touch(x, y, x, y + 1);
    }
  }
  std::vector<Border> borders;
  borders.reserve(touches.size());
  for (const auto& [key, found] : touches) {
    Border border;
    border.a = static_cast<int>(key >> 32U);
    border.b = static_cast<int>(key & 0xFFFFFFFFU);
    border.length = found.length;
    const float apart = look_distance(regions[static_cast<std::size_t>(border.a)].look,
                                      regions[static_cast<std::size_t>(border.b)].look);
    border.contrast = found.gradient / found.length + 0.5F * apart;
    borders.push_back(border);
  }
  std::ranges::sort(borders, [](const Border& one, const Border& two) {
    return one.a != two.a ? one.a < two.a : one.b < two.b;
  });
  return borders;
}

/// Writes to each border the share of border length whose `value` is less.
template <class Value, class Target>
void rank(std::vector<Border>& borders, const Value& value, const Target& target) {
  std::vector<int> order(borders.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::ranges::stable_sort(order, [&](int one, int two) {
    return value(static_cast<std::size_t>(one)) < value(static_cast<std::size_t>(two));
  });
  double total = 0;
  for (const Border& border : borders) total += border.length;
  double below = 0;
  for (const int index : order) {
    Border& border = borders[static_cast<std::size_t>(index)];
    target(border) = static_cast<float>((below + 0.5 * border.length) / std::max(1.0, total));
    below += border.length;
  }
}

void list_neighbours(RegionGraph& graph) {
  const std::size_t count = graph.regions.size();
  graph.first_neighbour.assign(count + 1, 0);
  for (const Border& border : graph.borders) {
    ++graph.first_neighbour[static_cast<std::size_t>(border.a) + 1];
    ++graph.first_neighbour[static_cast<std::size_t>(border.b) + 1];
  }
  for (std::size_t i = 0; i < count; ++i) {
    graph.first_neighbour[i + 1] += graph.first_neighbour[i];
  }
  graph.neighbours.resize(graph.borders.size() * 2);
  std::vector<int> next(graph.first_neighbour.begin(), graph.first_neighbour.end() - 1);
  for (std::size_t i = 0; i < graph.borders.size(); ++i) {
    for (const int end : {graph.borders[i].a, graph.borders[i].b}) {
      graph.neighbours[static_cast<std::size_t>(next[static_cast<std::size_t>(end)]++)] =
          static_cast<int>(i);
    }
  }
}

}  // namespace

float look_distance(const std::array<float, 5>& a, const std::array<float, 5>& b) {
  float sum = 0.0F;
  for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return std::sqrt(sum);
}

Result<RegionGraph> region_graph(const WorkingPicture& picture, const Superpixels& pieces) {
  RegionGraph graph;
  graph.regions = measured(picture, pieces);
  graph.borders = measured_borders(picture, pieces, graph.regions);
  list_neighbours(graph);
  double sum = 0;
  double length = 0;
  for (const Border& border : graph.borders) {
    sum += static_cast<double>(border.contrast) * border.length;
    length += border.length;
  }
  graph.mean_contrast = static_cast<float>(std::max(0.5, sum / std::max(1.0, length)));
  const std::vector<float> costs = merge_regions(graph);
  rank(
      graph.borders, [&](std::size_t i) { return graph.borders[i].contrast; },
      [](Border& border) -> float& { return border.rank; });
  rank(
      graph.borders, [&](std::size_t i) { return costs[i]; },
      [](Border& border) -> float& { return border.merged; });
  return graph;
}

}  // namespace latent::mask
