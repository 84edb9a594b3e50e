// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>

#include "base/result.h"
#include "image/picture.h"

namespace latent::rgb {

/// A pixel shows nothing up to this alpha: what is divided by less may be infinite. All integers
/// but 0 lie above it, and all that a renderer means.
inline constexpr float kLeastAlpha = 1e-20F;

/// Whether an associated colour is any light, even where alpha is 0: it then covers nothing but is
/// there (a flare, a fire). NaN counts.
[[nodiscard]] inline bool is_light(float colour) { return !(std::abs(colour) <= kLeastAlpha); }

/// Gives pixels that show nothing the colours of the visible ones around them, so that what looks
/// at neighbours (an enlargement, a network) does not draw hidden colours, black mostly, into
/// edges.
///
/// From the visible pixels outwards, ring by ring of one pixel: each takes the mean of the
/// neighbours of the rings before, visible ones by their alpha. Alpha stays. Of associated alpha
/// what is_light() is visible without alpha too; made-up colours are not multiplied, as if alpha
/// were 1 there.
///
/// Shapes   return [height, width, 1]: 1 where colours were made up, 0 elsewhere.
/// Units    `reach_px`: how many rings. Samples as the picture stores them.
/// Errors   Internal  the picture has no alpha. TooLarge  where memory is refused.
[[nodiscard]] Result<Image<std::uint8_t>> spread_visible_colours(Picture& picture, int reach_px);

}  // namespace latent::rgb
