// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "fill/grain.h"
#include "fill/holes.h"
#include "image/image.h"

namespace latent::fill {

/// One group of holes, filled.
struct FilledPart {
  Rect area;                 ///< of the picture
  Image<float> colours;      ///< [h, w, 3], encoded
  Image<std::uint8_t> hole;  ///< [h, w, 1]: 1 where the picture becomes `colours`
  GrainLevel grain;
  bool flat = false;     ///< the surroundings were too small for patches: a membrane alone
  bool crowded = false;  ///< the holes take up more of their context than what is left of it
};

/// Fills colours of the context of a group. Holes of other groups are barred.
struct OneHole {
  Rect context;  ///< in the picture
  ImageView<const float> colours;
  ImageView<const std::uint8_t> hole;
  ImageView<const std::uint8_t> bar;
};
struct OneFilled {
  Image<float> colours;
  bool flat = false;
};
using FillOne = std::function<Result<OneFilled>(const OneHole& hole, int threads)>;

struct FillRequest {
  /// Fills encoded colours of part of the picture; called from several threads.
  std::function<void(const Rect& area, ImageView<float> out)> read;
  FillOne fill;             ///< empty: patch_fill()
  bool grain = true;        ///< match_grain()
  bool one_by_one = false;  ///< `fill` may not be called from several threads
  int threads = 1;
};

/// Fills every hole of a mask, each group from its own surroundings as they were before. Small ones
/// at the same time. Nothing outside the mask is part of the answer.
///
/// Shapes   mask [h, w, 1], not 0: to be filled.
/// Errors   Usage      the mask is empty, or covers everything.
///          TooLarge, Cancelled; those of `fill`.
/// Threads  the answer does not depend on their number.
[[nodiscard]] Result<std::vector<FilledPart>> fill_holes(ImageView<const std::uint8_t> mask,
                                                         const FillRequest& request,
                                                         const RunControl& control);

}  // namespace latent::fill
