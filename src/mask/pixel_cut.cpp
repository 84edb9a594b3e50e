// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/pixel_cut.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "mask/distance.h"
#include "mask/max_flow.h"

namespace latent::mask {

namespace {

constexpr float kBand = 0.6F;         // of the side of a superpixel
constexpr float kColourScale = 8.0F;  // Lab units that turn a pixel over
constexpr float kSmooth = 2.0F;

using Colour = std::array<float, 3>;

float apart(const float* a, const Colour& b) {
  const float l = a[0] - b[0];
  const float m = a[1] - b[1];
  const float n = a[2] - b[2];
  return std::sqrt(l * l + m * m + n * n);
}

/// Mean colours of the regions, and for each that lies at the outline its neighbours on either
/// side.
struct Sides {
  std::vector<Colour> means;
  std::vector<std::vector<int>> inside;
  std::vector<std::vector<int>> outside;
};

Sides sides_of(const WorkingPicture& picture, const Superpixels& pieces, const Scene& scene,
               const Labels& labels) {
  Sides sides;
  const std::size_t count = scene.graph.regions.size();
  sides.means.assign(count, Colour{});
  for (int y = 0; y < pieces.labels.height(); ++y) {
    for (int x = 0; x < pieces.labels.width(); ++x) {
      const auto region = static_cast<std::size_t>(pieces.labels.view().at(x, y));
      const float* lab = &picture.lab.view().at(x, y);
      const float share = 1.0F / scene.graph.regions[region].area;
      for (std::size_t c = 0; c < 3; ++c) sides.means[region][c] += share * lab[c];
    }
  }
  sides.inside.resize(count);
  sides.outside.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    (labels[i] != 0 ? sides.inside : sides.outside)[i].push_back(static_cast<int>(i));
    for (const int index : scene.graph.borders_of(static_cast<int>(i))) {
      const int other = scene.graph.other(scene.graph.borders[static_cast<std::size_t>(index)],
                                          static_cast<int>(i));
      auto& list = labels[static_cast<std::size_t>(other)] != 0 ? sides.inside : sides.outside;
      list[i].push_back(other);
    }
  }
  return sides;
}

float nearest_colour(const float* lab, const std::vector<int>& regions,
                     const std::vector<Colour>& means) {
  float least = 60.0F;
  for (const int region : regions) {
    least = std::min(least, apart(lab, means[static_cast<std::size_t>(region)]));
  }
  return least;
}

}  // namespace

Result<Image<std::uint8_t>> pixel_cut(const WorkingPicture& picture, const Superpixels& pieces,
                                      const Scene& scene, const Labels& labels) {
  const Size size = pieces.labels.size();
  LATENT_TRY(Image<std::uint8_t> mask, Image<std::uint8_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      mask.view().at(x, y) = labels[static_cast<std::size_t>(pieces.labels.view().at(x, y))];
    }
  }
  const float band = std::max(1.5F, kBand * scene.step);
  LATENT_TRY(const Image<float> distance, distance_to_outline(mask.view(), band + 1.0F));
  LATENT_TRY(Image<std::int32_t> nodes, Image<std::int32_t>::create(size));
  std::vector<Point> places;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      nodes.view().at(x, y) = -1;
      if (distance.view().at(x, y) > band) continue;
      nodes.view().at(x, y) = static_cast<std::int32_t>(places.size());
      places.push_back({x, y});
    }
  }
  if (places.empty()) return mask;
  const Sides sides = sides_of(picture, pieces, scene, labels);
  MaxFlow flow(static_cast<int>(places.size()), static_cast<int>(places.size()) * 2);
  const float scale = 1.0F / std::max(1.0F, scene.graph.mean_contrast);
  const auto tie = [&](int node, int x, int y, int x2, int y2) {
    if (x2 >= size.width || y2 >= size.height) return;
    const float* one = &picture.lab.view().at(x, y);
    const float* two = &picture.lab.view().at(x2, y2);
    const float step = apart(one, {two[0], two[1], two[2]}) * scale * 2.0F;
    const float weight = kSmooth * (0.05F + std::exp(-0.7F * step * step));
    const int other = nodes.view().at(x2, y2);
    if (other >= 0) {
      flow.add_edge(node, other, weight, weight);
    } else {
      const bool in = mask.view().at(x2, y2) != 0;
      flow.add_terminal(node, in ? weight : 0.0F, in ? 0.0F : weight);
    }
  };
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [x, y] = places[i];
    const auto region = static_cast<std::size_t>(pieces.labels.view().at(x, y));
    const float* lab = &picture.lab.view().at(x, y);
    const float in = nearest_colour(lab, sides.inside[region], sides.means);
    const float out = nearest_colour(lab, sides.outside[region], sides.means);
    float odds = std::clamp((out - in) / kColourScale, -1.0F, 1.0F);
    const float depth = distance.view().at(x, y) / band;
    odds += (mask.view().at(x, y) != 0 ? 1.0F : -1.0F) * (0.15F + 1.3F * depth * depth);
    const int node = static_cast<int>(i);
    flow.add_terminal(node, std::max(0.0F, odds), std::max(0.0F, -odds));
    tie(node, x, y, x + 1, y);
    tie(node, x, y, x, y + 1);
    if (x > 0 && nodes.view().at(x - 1, y) < 0) tie(node, x, y, x - 1, y);
    if (y > 0 && nodes.view().at(x, y - 1) < 0) tie(node, x, y, x, y - 1);
  }
  flow.run();
  for (std::size_t i = 0; i < places.size(); ++i) {
    mask.view().at(places[i].x, places[i].y) = flow.on_source_side(static_cast<int>(i)) ? 1 : 0;
  }
  return mask;
}

}  // namespace latent::mask
