// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/mosaic.h"

namespace latent {

/// What sites of a mosaic that do not come from the scene should show: the median of the sites of
/// their colour around them that are sound, from as near as there are three of them.
///
/// `sites` are of the frame (the active area), and are all that is not sound; one gets its own
/// count back where no sound site is within 32 rows and columns. One count a site, in their order.
///
/// Threads  any; takes one bit for each site of the frame.
[[nodiscard]] std::vector<std::uint16_t> mended_counts(const Mosaic& mosaic,
                                                       std::span<const Point> sites);

}  // namespace latent
