// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "image/mosaic.h"

namespace latent::raw {

/// What the picture says of its own noise, and how far to trust it.
struct NoiseEstimate {
  NoiseModel model;
  int blocks_used = 0;  ///< flat 8x8 blocks that it rests on; 0: nothing could be measured and
                        ///< `model` is the floor
  int blocks_without_noise = 0;  ///< then: flat blocks that show that there is none, for the frame
                                 ///< has neither noise nor grain; 0: nothing tells
  double confidence = 0;  ///< 0..1: near 1 for thousands of blocks that agree, 1/2 where they
                          ///< differ by 10 % of sigma or are 100 in number
};

/// Estimates var(x) = a x + b from the picture itself, one (a, b) for all colours: behind the
/// colour filters the pixels of a sensor are alike.
///
/// Blocks of 8x8 sites of the whole mosaic are sorted by brightness; of each brightness the
/// flattest few are kept, and the variance of their highest frequencies is noise, less what a trend
/// over frequency or over busyness says is still texture. The curve through these points is
/// asymmetric (fit_noise()). Blocks that touch a clipped sample, or lie so near to a cut that noise
/// reaches it, are left out. Any CFA period, mono, black levels by site.
///
/// Never nonsense: a >= 1e-7, b >= 1 / 12 of a squared count; a frame without
/// noise, or too small or too clipped to show it, gives that floor with blocks_used = 0.
///
/// Units    x = (count - black) / (white - black).
/// Errors   Corrupt  a white level that is not above its black.
/// Threads  starts `threads` of its own; the estimate does not depend on how many. At most about
///          65,000 blocks are looked at, so a large picture takes no longer than a middling one.
/// Source   see BlockBasis; Foi and others, 2008, for the model; measured in
///          bench/raw/README.md.
[[nodiscard]] Result<NoiseEstimate> estimate_noise(const Mosaic& mosaic, int threads = 1);

}  // namespace latent::raw
