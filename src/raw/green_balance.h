// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/mosaic.h"

namespace latent::raw {

/// By how much the two greens of a Bayer sensor differ, and what makes them alike for a network.
///
/// A green site in a row with red has red to its left and right, one in a row with blue above and
/// below; what leaks from there is not the same. So they differ by a share of the red and of the
/// blue light beside them, and by one of their own: one factor would not do, in saturated red they
/// differ by several times what they do in grey. Networks have seen differences of up to 2 %
/// (training: flaws.py); larger ones they take for stripes.
///
/// The three shares are fitted to the means of blocks of 32 sites, by least squares that leave out
/// what lies far off: texture. What is added follows the light of blocks of 16 sites, linear between
/// them, less and less where green nears white.
///
/// Threads  const functions from any thread.
class GreenBalance {
 public:
  static constexpr int kBlock = 16;

  /// Nothing where the mosaic is no Bayer pattern, or where its greens differ by less than a
  /// network minds: 0.15 sigma of the noise and 1 % in nine of ten places.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<std::optional<GreenBalance>> measure(const Mosaic& mosaic,
                                                                   const NoiseModel& noise);

  /// Shares of green, red and blue by which greens in rows with red exceed those in rows with blue.
  [[nodiscard]] const std::array<double, 3>& shares() const { return shares_; }

  /// What to add to the samples of the row `y` of the frame in these columns, in counts: greens
  /// meet in the middle; 0 at other sites.
  ///
  /// Shapes   columns and add: the same number of values.
  void row(int y, std::span<const int> columns, std::span<float> add) const;

 private:
  std::array<double, 3> shares_{};
  Size blocks_;
  std::vector<float> halves_;       ///< of each block: half of the difference, counts
  std::array<int, 2> red_phase_{};  ///< of rows and columns with red, 0 or 1
};

}  // namespace latent::raw
