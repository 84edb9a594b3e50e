// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "image/mosaic.h"

namespace latent::raw {

/// Measures, while the rows go by, how much of the noise a result still has: what a DNG's
/// NoiseProfile has to say so that the raw developer does not smooth a second time.
///
/// In blocks of the active area the second difference between sites of one colour is summed up for
/// the source and for the result. Where the result is flattest there is next to no texture, so the
/// source's difference is noise alone and the result's is what was left of it.
///
/// Threads  one at a time.
class RemainingNoise {
 public:
  explicit RemainingNoise(const Mosaic& mosaic);

  /// The row `y` of the active area: counts of the source and of the result, active width of them.
  void add_row(int y, const std::uint16_t* source, const float* result);

  /// sigma of the result over sigma of the source, in [0.01, 1]: never 0, since nothing is known
  /// that well, and 1 where nothing could be measured.
  [[nodiscard]] double fraction() const;

 private:
  int width_ = 0;
  int distance_ = 1;  ///< to the next site of the same colour
  std::size_t blocks_across_ = 0;
  std::vector<double> source_energy_;
  std::vector<double> result_energy_;
};

}  // namespace latent::raw
