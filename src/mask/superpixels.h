// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"

namespace latent::mask {

/// A picture cut into small connected pieces of one colour each.
struct Superpixels {
  Image<std::int32_t> labels;  ///< [h, w, 1], 0 .. count - 1
  int count = 0;
};

/// Grows about `wanted` pieces from a regular grid, the nearest pixel in colour and place first.
///
/// Shapes   lab [h, w, 3], CIE L*a*b*.
/// Errors   TooLarge where memory is refused; Cancelled.
/// Threads  pure function.
/// Source   Achanta and Süsstrunk, "Superpixels and Polygons using Simple Non-Iterative Clustering",
///          CVPR 2017 (SNIC), with four neighbours.
[[nodiscard]] Result<Superpixels> superpixels(ImageView<const float> lab, int wanted,
                                              const RunControl& control = {});

}  // namespace latent::mask
