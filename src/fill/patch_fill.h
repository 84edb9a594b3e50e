// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/run_control.h"
#include "fill/patches.h"
#include "image/image.h"

namespace latent::fill {

struct PatchFillSettings {
  int threads = 1;
  int period = 1;  ///< shifts are multiples of it: for fields that are used on a mosaic
  std::uint32_t seed = 0;
};

struct PatchFilled {
  Image<float> colours;        ///< [h, w, 3]: the hole filled, the rest as it was
  std::optional<Field> field;  ///< at full size; absent where there was nothing to take from
};

/// Fills a hole from what surrounds it: patches of the surroundings that go on with what stands at
/// the border, from the smallest size of the picture to the full one, and what the patches agree
/// on. Lighter or darker surroundings are brought to the tone of the border.
///
/// Where the surroundings are too small for a single patch, the membrane of the border is all.
///
/// Shapes   colours [h, w, 3], encoded; hole [h, w, 1], 1: to be filled; bar [h, w, 1], 1: nothing
///          is taken from there. Holes that others will fill are barred and count as known.
/// Errors   Internal   a hole that is everything.
///          TooLarge, Cancelled.
/// Threads  pure function; works on `threads`, with the same result for any number.
/// Source   Wexler and others, PAMI 2007; Barnes and others, SIGGRAPH 2009; Newson and others, IPOL
///          2017; Darabi and others, "Image Melding", SIGGRAPH 2012 (tone).
[[nodiscard]] Result<PatchFilled> patch_fill(ImageView<const float> colours,
                                             ImageView<const std::uint8_t> hole,
                                             ImageView<const std::uint8_t> bar,
                                             const PatchFillSettings& settings,
                                             const RunControl& control);

}  // namespace latent::fill
