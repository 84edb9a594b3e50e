// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::fill {

/// Fills the free pixels so that each is the mean of its four neighbours (the membrane that the
/// fixed pixels hold): Laplace's equation. Edges of the picture hold nothing.
///
/// Every free pixel gets the membrane of the half-sized picture first, then sweeps of
/// over-relaxation: the coarse sizes carry what is far away, so few sweeps are enough.
///
/// Shapes   values [h, w, c], c from 1 to 4, in place. free [h, w, 1]: 1 where to be filled. Pixels
///          with `free` 2 are no part of the picture: they hold nothing and stay as they are.
/// Errors   TooLarge where memory is refused.
/// Threads  pure function of its arguments; the sweeps run on `threads`, with the same result for
///          any number.
/// Source   Perez, Gangnet and Blake, "Poisson Image Editing", 2003 (equations 2 and 4: seamless
///          cloning is such a membrane laid on the clone); Press and others, Numerical Recipes,
///          chapter on relaxation.
[[nodiscard]] Status fill_membrane(ImageView<float> values, ImageView<const std::uint8_t> free,
                                   int threads);

}  // namespace latent::fill
