// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/looks.h"

#include <algorithm>
#include <cmath>

namespace latent::mask {

namespace {

constexpr int kColours = 96;
constexpr float kKernel = 7.0F;  // Lab units

using Look = std::array<float, 5>;

/// Looks as far from each other as there are (farthest point first, then two rounds of means).
std::vector<Look> palette_of(const RegionGraph& graph) {
  const auto& regions = graph.regions;
  std::vector<Look> palette{regions.front().look};
  std::vector<float> nearest(regions.size(), 1e30F);
  std::vector<std::size_t> owner(regions.size(), 0);
  while (static_cast<int>(palette.size()) < kColours) {
    std::size_t farthest = 0;
    for (std::size_t i = 0; i < regions.size(); ++i) {
      const float d = look_distance(regions[i].look, palette.back());
      if (d < nearest[i]) nearest[i] = d;
      if (nearest[i] > nearest[farthest]) farthest = i;
    }
    if (nearest[farthest] < 0.3F * kKernel) break;
    palette.push_back(regions[farthest].look);
  }
  for (int round = 0; round < 2; ++round) {
    std::vector<Look> sums(palette.size(), Look{});
    std::vector<float> weights(palette.size(), 0.0F);
    for (const Region& region : regions) {
      std::size_t best = 0;
      float least = 1e30F;
      for (std::size_t k = 0; k < palette.size(); ++k) {
        const float d = look_distance(region.look, palette[k]);
        if (d < least) {
          least = d;
          best = k;
        }
      }
      weights[best] += region.area;
      for (std::size_t c = 0; c < 5; ++c) sums[best][c] += region.area * region.look[c];
    }
    for (std::size_t k = 0; k < palette.size(); ++k) {
      if (weights[k] <= 0.0F) continue;
      for (std::size_t c = 0; c < 5; ++c) palette[k][c] = sums[k][c] / weights[k];
    }
  }
  return palette;
}

}  // namespace

Looks::Looks(const RegionGraph& graph) {
  const auto palette = palette_of(graph);
  colours_ = static_cast<int>(palette.size());
  nearness_.reserve(graph.regions.size() * palette.size());
  for (const Region& region : graph.regions) {
    areas_.push_back(region.area);
    const std::size_t row = nearness_.size();
    float sum = 1e-6F;
    for (const Look& colour : palette) {
      const float d = look_distance(region.look, colour) / kKernel;
      nearness_.push_back(std::exp(-0.5F * d * d));
      sum += nearness_.back();
    }
    for (std::size_t i = row; i < nearness_.size(); ++i) nearness_[i] /= sum;
  }
}

std::vector<float> Looks::histogram(std::span<const float> weights) const {
  std::vector<float> sums(static_cast<std::size_t>(colours_), 0.0F);
  float total = 0.0F;
  for (std::size_t i = 0; i < areas_.size(); ++i) {
    const float weight = weights[i] * areas_[i];
    if (weight <= 0.0F) continue;
    total += weight;
    const float* row = &nearness_[i * static_cast<std::size_t>(colours_)];
    for (int k = 0; k < colours_; ++k) sums[static_cast<std::size_t>(k)] += weight * row[k];
  }
  if (total <= 0.0F) {
    const std::vector<float> all(areas_.size(), 1.0F);
    return histogram(all);
  }
  for (float& sum : sums) sum /= total;
  return sums;
}

std::vector<float> Looks::density(const std::vector<float>& histogram) const {
  std::vector<float> found(areas_.size());
  for (std::size_t i = 0; i < areas_.size(); ++i) {
    const float* row = &nearness_[i * static_cast<std::size_t>(colours_)];
    float sum = 0.0F;
    for (int k = 0; k < colours_; ++k) sum += row[k] * histogram[static_cast<std::size_t>(k)];
    found[i] = sum;
  }
  return found;
}

std::vector<float> Looks::log_ratio(std::span<const float> one, std::span<const float> two) const {
  const auto ones = histogram(one);
  const auto twos = histogram(two);
  const auto p = density(ones);
  const auto q = density(twos);
  constexpr float kFloor = 1.5e-3F;
  std::vector<float> ratio(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    ratio[i] = std::clamp(std::log((p[i] + kFloor) / (q[i] + kFloor)), -4.0F, 4.0F);
  }
  return ratio;
}

float Looks::overlap(std::span<const float> one, std::span<const float> two) const {
  const auto ones = histogram(one);
  const auto twos = histogram(two);
  float sum = 0.0F;
  for (std::size_t k = 0; k < ones.size(); ++k) sum += std::sqrt(ones[k] * twos[k]);
  return sum;
}

}  // namespace latent::mask
