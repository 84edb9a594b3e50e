// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "image/image.h"

namespace latent::mask {

/// The local linear function of colour that follows a mask: mask = a . colour + b.
///
/// Shapes   guide [h, w, 3], 0 to 1. mask [h, w, 1]. Return [h, w, 4]: a of red, green and blue, b,
///          each the mean over the windows that a pixel lies in.
/// Errors   TooLarge where memory is refused.
/// Threads  pure function.
/// Source   He, Sun and Tang, "Guided Image Filtering", PAMI 2013, with a colour guide. To be asked
///          at reduced size and used at full size is their "Fast Guided Filter", 2015.
[[nodiscard]] Result<Image<float>> guided_coefficients(ImageView<const float> guide,
                                                       ImageView<const float> mask, int radius,
                                                       float epsilon);

}  // namespace latent::mask
