// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::mask {

/// How far each pixel is from the nearest pixel of the other label, less half a pixel: the distance
/// to the outline, on both sides of it. Larger distances than `most` are given as `most`.
///
/// Shapes   labels [h, w, 1], 0 or not 0; return [h, w, 1], pixels.
/// Errors   TooLarge where memory is refused.
/// Threads  pure function.
/// Source   Borgefors, "Distance transformations in digital images", 1986: two passes of a chamfer
///          of 1 and 1.4, within 6 % of the Euclidean distance.
[[nodiscard]] Result<Image<float>> distance_to_outline(ImageView<const std::uint8_t> labels,
                                                       float most);

/// How far each pixel that is not 0 is from the nearest that is, exactly; 0 elsewhere. Where there is
/// none, a distance longer than the picture. What lies outside the picture is not looked at.
///
/// Shapes   labels [h, w, 1], 0 or not 0; return [h, w, 1], pixels.
/// Errors   TooLarge where memory is refused.
/// Threads  pure function.
/// Source   Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", 2012.
[[nodiscard]] Result<Image<float>> exact_distance(ImageView<const std::uint8_t> labels);

}  // namespace latent::mask
