// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "image/mask.h"
#include "image/mosaic.h"

namespace latent::tasks {

/// Whether two pictures have one shape: the sides of the smaller one are those of the larger one
/// reduced, to a pixel of the smaller.
[[nodiscard]] bool same_aspect(Size one, Size other);

/// A mask at another size: between the samples where it grows, their mean where it shrinks.
///
/// Shapes   mask [h, w, 1]; return [size.height, size.width, 1].
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<SoftMask> scaled_mask(ImageView<const float> mask, Size size);

/// A mask of the photograph turned upright, as it lies on the photograph before that.
///
/// Shapes   mask [h, w, 1]; return [w, h, 1] for orientations 5 to 8, else [h, w, 1].
/// Errors   TooLarge  memory is refused.
/// Source   EXIF 2.32, tag Orientation.
[[nodiscard]] Result<SoftMask> turned_back(ImageView<const float> mask, Orientation orientation);

}  // namespace latent::tasks
