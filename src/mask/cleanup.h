// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "image/image.h"

namespace latent::mask {

/// Removes pieces of the mask that hold none of `places`, four neighbours to a pixel. Where no
/// piece holds any, the largest is kept.
///
/// Shapes   mask [h, w, 1], 0 or 1.
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Status keep_pieces(ImageView<std::uint8_t> mask, std::span<const Point> places);

/// Removes pieces of fewer than `least` pixels and fills holes of fewer; what touches the picture's
/// border is no hole. One pass each, pieces first.
///
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Status remove_specks(ImageView<std::uint8_t> mask, std::int64_t least);

}  // namespace latent::mask
