// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "image/mask.h"

namespace latent::mask {

/// Moves the outline of a soft mask: what was `threshold` becomes 0.5. 0 and 1 stay. 0.5 changes
/// nothing.
[[nodiscard]] Status set_threshold(ImageView<float> mask, double threshold);

/// Rounds off corners and bays smaller than `radius` pixels; the edge is about as steep as before.
///
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Status smooth_outline(SoftMask& mask, double radius);

/// Lets the edge fall off over about `width` pixels, half on either side.
///
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Status soften_edge(SoftMask& mask, double width);

}  // namespace latent::mask
