// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"
#include "read/photograph.h"

namespace latent::tasks {

/// A mask on a photograph, and what is to be said of it.
struct MaskOnPhotograph {
  SoftMask mask;
  std::vector<std::string> notices;
};

/// Reads a mask of any form for a photograph: a picture (PNG, TIFF, PFM, ... as
/// read::read_mask_file()), the path of an SVG, the last mask of a darktable edit (.xmp) or .dtdata,
/// or the prompts of `latent mask` (.json), from which the mask is made by the built-in selector.
///
/// The mask lies on the photograph as decoded, before it is turned upright: of a raw on the area that
/// its maker shows. A picture of the turned photograph's shape is turned back. One of another size is
/// scaled where its aspect is that of the photograph, to a pixel of the smaller of the two; both are
/// said in `notices`.
///
/// `size`   of the photograph as decoded; its own, but for what a developer cuts off
/// Shapes   return [size.height, size.width, 1], 0 to 1
/// Errors   Usage        a picture of another shape; prompts of another photograph.
///          others as the readers named above. Messages name the mask's file.
/// Threads  any; uses up to all cores.
[[nodiscard]] Result<MaskOnPhotograph> mask_of(const std::filesystem::path& file,
                                               const read::Photograph& photograph, Size size,
                                               const RunControl& control);

}  // namespace latent::tasks
