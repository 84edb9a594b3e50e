// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::fill {

/// Takes away the step that a fill made elsewhere (by a network) has at the border of its hole: the
/// difference between the known pixels and the fill beside them, smoothed along the border, is
/// spread over the hole as a membrane and added.
///
/// Shapes   filled [h, w, 3], in place: pixels of the hole change, others are known. hole [h, w, 1].
/// Errors   TooLarge where memory is refused.
/// Source   Perez, Gangnet and Blake, "Poisson Image Editing", 2003.
[[nodiscard]] Status blend_border(ImageView<float> filled, ImageView<const std::uint8_t> hole,
                                  int threads);

}  // namespace latent::fill
