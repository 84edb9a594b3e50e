// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"

namespace latent::read {

/// A JPEG decoded small, to look at.
struct SmallJpeg {
  Image<std::uint8_t> pixels;     ///< [h, w, 3], as the file has them, not turned
  Size whole;                     ///< of the JPEG itself
  std::vector<std::uint8_t> icc;  ///< as embedded; empty: none
};

/// Decodes a JPEG at an eighth to the whole of its size, the smallest whose longer side is still at
/// least `longest_side_px`: libjpeg leaves out what would not be seen, which takes a tenth of the
/// time. What is damaged comes as far as libjpeg makes something of it: this is for thumbnails, and
/// never for results.
///
/// Errors   Corrupt      no JPEG, or nothing of it can be decoded; the message is a predicate.
///          Unsupported  CMYK.
///          TooLarge     passes `limits`.
/// Threads  any.
[[nodiscard]] Result<SmallJpeg> small_jpeg(std::span<const std::uint8_t> file, int longest_side_px,
                                           const Limits& limits);

}  // namespace latent::read
