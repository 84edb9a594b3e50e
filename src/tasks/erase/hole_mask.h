// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "fill/spots.h"
#include "image/image.h"
#include "tasks/picture/source.h"
#include "tasks/settings.h"

namespace latent::tasks {

/// What is to be filled, and where that comes from.
struct HoleMask {
  Image<std::uint8_t> mask;  ///< [h, w, 1] of the picture: 1 to be filled
  double grown_px = 0;
  int spots = 0;
  std::vector<std::string> notices;
};

/// Puts together what the settings name.
///
/// Errors   Usage   nothing is named; a mask that is empty, of another size (without scale_mask) or
///                  covers everything; prompts outside the picture; a list of spots of a picture of
///                  another shape. NotFound where --spots finds none and nothing else is named.
///          those of reading masks and lists; TooLarge, Cancelled.
[[nodiscard]] Result<HoleMask> hole_mask_of(const PictureSource& picture,
                                            const EraseSettings& settings, const Limits& limits,
                                            const RunControl& control);

/// The shadows of dust in a picture.
///
/// Errors   as fill::find_spots().
[[nodiscard]] Result<std::vector<fill::Spot>> spots_of(const PictureSource& picture,
                                                       const RunControl& control);

}  // namespace latent::tasks
