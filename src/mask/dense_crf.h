// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"

namespace latent::mask {

/// As darktable 5.6 and 5.8 have them when nobody has changed them.
struct CrfSettings {
  int iterations = 3;          ///< of the mean field
  float near_px = 5.0F;        ///< deviation of the distance between two pixels
  float near_weight = 3.0F;    ///< what pixels that are near count
  float colour = 10.0F;        ///< deviation of the distance of two colours, 0..255
  float alike_weight = 10.0F;  ///< what pixels count that are near and of like colours
};

/// Moves the edge of a soft mask to the edges of the picture: a conditional random field between all
/// pairs of pixels, by its mean field. The logit of a pixel is its own, and that of what the pixels
/// around it say, those of like colours above all.
///
/// Pixels far from everything that may be of the object are not looked at: they stay outside.
///
/// Shapes   picture [h, w, 3], encoded sRGB, 0..255. probability [h, w, 1], 0 to 1, of the same
///          size. Return [h, w, 1], 0 to 1.
/// Errors   TooLarge where memory is refused; Cancelled.
/// Threads  pure function; the caller's thread.
/// Source   Kraehenbuehl and Koltun, "Efficient Inference in Fully Connected CRFs with Gaussian Edge
///          Potentials", NIPS 2011; the kernels, and that a pixel counts in its own mean, as
///          darktable has them (compatibility notes, 2.7).
[[nodiscard]] Result<SoftMask> dense_crf(ImageView<const std::uint8_t> picture,
                                         ImageView<const float> probability,
                                         const CrfSettings& settings = {},
                                         const RunControl& control = {});

}  // namespace latent::mask
