// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mask/region_graph.h"

namespace latent::mask {

/// How common the look of each region is in one set of regions beside another: a palette of the
/// picture's own looks, and Gaussian kernels around them.
class Looks {
 public:
  Looks() = default;
  explicit Looks(const RegionGraph& graph);

  /// log(p(look | one) / p(look | two)) of each region, within -4 and 4. The weights need not sum
  /// to 1; without any weight in a set, its looks are those of the whole picture.
  [[nodiscard]] std::vector<float> log_ratio(std::span<const float> one,
                                             std::span<const float> two) const;

  /// How much of two sets looks the same, 0..1 (Bhattacharyya).
  [[nodiscard]] float overlap(std::span<const float> one, std::span<const float> two) const;

 private:
  [[nodiscard]] std::vector<float> histogram(std::span<const float> weights) const;
  [[nodiscard]] std::vector<float> density(const std::vector<float>& histogram) const;

  int colours_ = 0;
  std::vector<float> areas_;
  std::vector<float> nearness_;  ///< [region][colour], rows sum to 1
};

}  // namespace latent::mask
