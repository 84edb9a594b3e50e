// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "rgb/noise_level.h"

namespace latent::rgb {

/// What one channel of one block of 8x8 pixels says of noise and texture.
struct LevelBlock {
  float mean = 0;
  float variance = 0;  ///< V, around a plane, over 61 degrees of freedom
  float high = 0;      ///< H, mean square of the DCT coefficients i + j >= 8 (orthonormal)
  /// S, of the surroundings: variance of the twelve 4x4 means around the block, around a plane,
  /// times 16. The block itself has no part in it, so its own noise does not choose it.
  float structure = 0;
  /// R, of the surroundings too: mean square of the differences across the diagonal of 2x2 pixels,
  /// the variance of noise where it is white. Fine texture shows here and not in S.
  float ring = 0;
  bool cut = false;  ///< samples were cut off at black or white, or are no numbers
};

using LevelBlocks = std::vector<std::array<LevelBlock, 3>>;  ///< rows of blocks, top to bottom

/// Where blocks begin along one side: `step` apart, their surroundings inside the picture where
/// there is room for that; none where the side is shorter than a block.
[[nodiscard]] std::vector<int> block_starts(int side, int step);

/// Measures about 32768 blocks (all at steps of 4 where the picture is small), evenly spread.
///
/// Errors   as estimate_level().
/// Threads  as estimate_level().
[[nodiscard]] Result<LevelBlocks> measure_level_blocks(Size picture, const ReadArea& read,
                                                       int threads);

}  // namespace latent::rgb
