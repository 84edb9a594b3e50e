// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "mask/superpixels.h"
#include "mask/working_picture.h"

namespace latent::mask {

/// One superpixel.
struct Region {
  float area = 0.0F;  ///< pixels
  float x = 0.0F;     ///< its centre, pixels
  float y = 0.0F;
  float frame = 0.0F;           ///< pixels of the picture's border
  std::array<float, 5> look{};  ///< mean L*, a*, b*, and twice the strength of texture, weighted
};

/// Two superpixels that touch.
struct Border {
  int a = 0;
  int b = 0;
  float length = 0.0F;    ///< pixel pairs
  float contrast = 0.0F;  ///< Lab units: gradient along the border and how far the two are apart
  float rank = 0.0F;      ///< the share of all border length with less contrast, 0..1
  float merged = 0.0F;    ///< the same for the cost at which the two come together in `tree`
};

/// A node of the tree in which the cheapest neighbours are merged one after the other. The first
/// `regions` nodes are the superpixels; the last is the whole picture.
struct TreeNode {
  int parent = -1;
  int first = 0;  ///< its superpixels are order[first .. last)
  int last = 0;
  float area = 0.0F;
};

/// Superpixels, how they touch, and what they look like.
struct RegionGraph {
  std::vector<Region> regions;
  std::vector<Border> borders;
  std::vector<int> first_neighbour;  ///< of region i: neighbours[first[i] .. first[i + 1])
  std::vector<int> neighbours;       ///< indices into `borders`
  std::vector<TreeNode> tree;
  std::vector<int> order;
  float mean_contrast = 0.0F;

  [[nodiscard]] std::span<const int> borders_of(int region) const {
    const auto i = static_cast<std::size_t>(region);
    return std::span(neighbours)
        .subspan(static_cast<std::size_t>(first_neighbour[i]),
                 static_cast<std::size_t>(first_neighbour[i + 1] - first_neighbour[i]));
  }
  [[nodiscard]] int other(const Border& border, int region) const {
    return border.a == region ? border.b : border.a;
  }
};

/// Distance of two looks, Lab units.
[[nodiscard]] float look_distance(const std::array<float, 5>& a, const std::array<float, 5>& b);

/// Errors   TooLarge where memory is refused.
/// Threads  pure function.
[[nodiscard]] Result<RegionGraph> region_graph(const WorkingPicture& picture,
                                               const Superpixels& pieces);

}  // namespace latent::mask
