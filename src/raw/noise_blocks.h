// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/result.h"
#include "image/mosaic.h"

namespace latent::raw {

/// What one 8x8 block of a mosaic says of noise. All in units of white - black.
///
/// The samples are weighted by colour so that their noise is about even across the colours; in the
/// block, variance `a x + b` of a sample then shows as `a * light + b * weight` in every
/// coefficient.
struct NoiseBlock {
  float mean = 0;       ///< of the colours
  float darkest = 0;    ///< mean of the darkest colour
  float brightest = 0;  ///< mean of the brightest colour
  float largest = 0;    ///< sample
  float light = 0;      ///< weighted mean of x
  float weight = 0;     ///< mean of the weights
  float choice = 0;     ///< mean energy of the coefficients of BlockBasis::Choice, and so on
  float low = 0;
  float middle = 0;
  float high = 0;
};

struct NoiseBlocks {
  std::vector<NoiseBlock> blocks;
  int high_coefficients = 0;  ///< how many `high` is the mean of

  /// Where samples are cut off, from their histogram: at sensor white or below it where they pile
  /// up there; at the bottom where they pile up or none lies below black. Infinite where not cut.
  float cut_below = 0;
  float cut_above = 0;
};

struct BlockSampling {
  int at_most = 65536;  ///< blocks, about; evenly spread over the picture, always the same ones
  /// b / a as far as known: how many x the read noise weighs, for the weights of the colours.
  double read_to_shot = 0.02;
  int threads = 1;
};

/// Measures blocks all over the active area; none where it is smaller than a block.
///
/// Errors   Corrupt   a white level that is not above its black.
///          TooLarge  where memory is refused.
/// Threads  starts `threads` of its own; the result does not depend on how many.
[[nodiscard]] Result<NoiseBlocks> measure_blocks(const Mosaic& mosaic,
                                                 const BlockSampling& sampling);

}  // namespace latent::raw
