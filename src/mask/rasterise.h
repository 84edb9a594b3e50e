// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"
#include "mask/path.h"

namespace latent::mask {

/// Draws a shape as a soft mask: inside a path 1, on its edge the exact part of the pixel that lies
/// inside, outside falling in a straight line from 1 on the path to 0 at the width of the feather,
/// measured to the nearest point of the path. Members of a group are combined in their order.
///
/// So darktable draws its paths, but for the edges, which are steps there.
///
/// Shapes   return [size.height, size.width, 1]
/// Units    0 to 1, linear.
/// Errors   TooLarge     memory is refused.
///          Unsupported  groups within groups, more than 16 deep.
///          Cancelled
/// Threads  any; uses up to `threads` of its own, 0: as many as the processor has.
/// Source   darktable's user manual, "drawn masks"; `docs/masks.md`.
[[nodiscard]] Result<Image<float>> rasterise(const Shape& shape, Size size,
                                             const RunControl& control = {}, int threads = 0);

/// What two soft masks share: the sum of min(a, b) over the sum of max(a, b); 1 where both are
/// empty. Both are [h, w, 1] of one size.
[[nodiscard]] double soft_iou(ImageView<const float> a, ImageView<const float> b);

/// The same of the pixels where `a` is above `a_threshold` and `b` above `b_threshold`.
[[nodiscard]] double iou(ImageView<const float> a, float a_threshold, ImageView<const float> b,
                         float b_threshold);

/// iou() of a shape drawn without its feather against a mask at `threshold`.
///
/// Errors   as rasterise().
[[nodiscard]] Result<double> iou(const Shape& shape, ImageView<const float> mask, float threshold,
                                 int threads = 0);

}  // namespace latent::mask
