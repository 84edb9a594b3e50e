// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace latent::mask {

/// A Gaussian filter between points that have a place of up to five features: every point gets the
/// sum over all points of what they hold, each weighted by exp(-d * d / 2), d being the distance of
/// their places. In time that grows with the points, and not with their pairs.
///
/// The points give what they hold to the corners of the simplex that they lie in, of a lattice of
/// d + 1 directions; it is blurred along each of them and read back. The sums have a factor that
/// depends on the number of features only: who wants a mean divides by the sums of ones. The
/// lattice's kernel is near the Gaussian, not equal: tests/mask/dense_crf_test.cpp has both.
///
/// Memory   12 bytes a point and feature, and 40 a corner that is touched.
/// Source   Adams, Baek and Davis, "Fast High-Dimensional Filtering Using the Permutohedral
///          Lattice", Eurographics 2010.
class Permutohedral {
 public:
  static constexpr int kMostFeatures = 5;

  /// Builds the lattice for points whose places are `features`, `count` numbers each, in units of
  /// the Gaussian's deviation.
  ///
  /// Errors   TooLarge  a place is farther from the origin than the lattice counts (3,000
  ///                    deviations), or there are more than 2^31 corners.
  [[nodiscard]] static Result<Permutohedral> create(std::span<const float> features, int count);

  [[nodiscard]] std::size_t points() const { return weights_.size() / corners(); }

  /// Shapes   values and sums have a number for each point, in order; they may be the same.
  void sums(std::span<const float> values, std::span<float> sums) const;

 private:
  using Key = std::array<std::int16_t, kMostFeatures>;
  class Table;
  class Simplex;

  explicit Permutohedral(int count) : count_(count) {}
  [[nodiscard]] std::size_t corners() const { return static_cast<std::size_t>(count_) + 1; }
  void join(const Table& table);

  int count_ = 0;
  std::vector<std::int32_t> places_;  ///< of each point's corners
  std::vector<float> weights_;        ///< of each point's corners, together 1
  std::size_t lattice_ = 0;           ///< corners that are touched
  /// The next corner in each direction, or -1: [direction][corner].
  std::vector<std::vector<std::int32_t>> next_;
};

}  // namespace latent::mask
