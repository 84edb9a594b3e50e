// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"

namespace latent::mask {

enum class Refinement : std::uint8_t {
  None,  ///< the outline of the small mask, enlarged smoothly
  Edge,  ///< a guided filter along the outline
  Hair   ///< closed-form matting in a wider band, for hair and fur
};

struct RefineSettings {
  Refinement how = Refinement::Edge;
  /// Half the width of the band in which hair is looked for, as a share of the longest side.
  double hair_band = 0.012;
  int threads = 0;  ///< 0: as many as the processor has
};

/// Brings a mask to the size of its photograph: soft where the outline runs, 0 or 1 elsewhere.
///
/// Shapes   picture [h, w, 3], encoded sRGB, 0..255. mask [mh, mw, 1], 0 or 1, of the same picture,
///          smaller or of the same size. Return [h, w, 1], 0 to 1.
/// Memory   the result; of the picture only tiles along the outline, with Hair the whole of it at
///          a size in which the band has at most about 450,000 pixels.
/// Errors   TooLarge where memory is refused; Cancelled.
/// Threads  pure function; uses up to `threads` of its own.
[[nodiscard]] Result<SoftMask> refine(ImageView<const std::uint8_t> picture,
                                      ImageView<const std::uint8_t> mask,
                                      const RefineSettings& settings = {},
                                      const RunControl& control = {});

}  // namespace latent::mask
