// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::fill {

/// What grain was found, per colour, as the standard deviation of what a 3 x 3 high-pass of unit
/// gain for white noise leaves of calm blocks.
struct GrainLevel {
  float around = 0;  ///< the hole
  float before = 0;  ///< in it, as it was filled
  float added = 0;
};

/// Gives a filled hole the grain of its surroundings, where it has less: filling averages, and a
/// patch without grain looks like plastic.
///
/// The level is measured in calm blocks of known pixels near the hole. The grain itself is taken
/// from the calmest of them: shifted copies of what is left there after smoothing, added with
/// random signs, which keeps how grain hangs together from pixel to pixel and from colour to
/// colour. Each part of the hole gets what it lacks; texture that came with a patch gets none.
///
/// Shapes   picture [h, w, 3], encoded, in place; hole and bar [h, w, 1].
/// Errors   TooLarge where memory is refused.
/// Threads  pure function; the same picture, the same grain.
/// Source   Immerkaer, "Fast Noise Variance Estimation", 1996 (the high-pass); Galerne, Gousseau
///          and Morel, "Random Phase Textures", 2011 (spot noise).
[[nodiscard]] Result<GrainLevel> match_grain(ImageView<float> picture,
                                             ImageView<const std::uint8_t> hole,
                                             ImageView<const std::uint8_t> bar);

}  // namespace latent::fill
