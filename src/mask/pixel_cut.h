// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "mask/proposals.h"
#include "mask/superpixels.h"
#include "mask/working_picture.h"

namespace latent::mask {

/// Moves the outline of a set of regions to the pixels where the picture has its edge: a graph cut
/// in a band along it, by the colours on either side nearby.
///
/// Shapes   return [h, w, 1] of the working picture, 1 in the object and 0 elsewhere.
/// Errors   TooLarge where memory is refused.
/// Threads  pure function.
[[nodiscard]] Result<Image<std::uint8_t>> pixel_cut(const WorkingPicture& picture,
                                                    const Superpixels& pieces, const Scene& scene,
                                                    const Labels& labels);

}  // namespace latent::mask
