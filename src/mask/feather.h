// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "image/image.h"
#include "mask/flatten.h"

namespace latent::mask {

/// Raises a mask to the fall-off outside a closed polygon: 1 - distance / feather, the distance to
/// the nearest point of the polygon, the feather there.
///
/// Shapes   mask [box.height, box.width, 1], the part `box` of the picture.
void draw_feather(ImageView<float> mask, const Rect& box, std::span<const FlatPoint> polygon);

}  // namespace latent::mask
