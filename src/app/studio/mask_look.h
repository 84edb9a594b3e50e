// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::app {

/// How a mask is shown over its photograph.
enum class MaskStyle : std::uint8_t {
  Tint,     ///< what it covers is blue, with a line around it
  Outside,  ///< what it leaves out is dark
  Alone     ///< the mask in grey, without the photograph
};

/// A mask as something to lay over its photograph, made small.
///
/// Shapes   mask [h, w, 1]; return [h', w', 4], the longer side `longest_side` or less: blue, green,
///          red, alpha, 8 bits, premultiplied.
/// Errors   TooLarge where memory is refused.
/// Threads  pure function.
[[nodiscard]] Result<Image<std::uint8_t>> mask_look(ImageView<const float> mask, MaskStyle style,
                                                    int longest_side);

}  // namespace latent::app
