// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "app/studio/preview_desk.h"
#include "base/result.h"

namespace latent::app {

/// How many times a difference is amplified, so that what denoising took away is seen.
inline constexpr int kDifferenceGain = 8;

/// What was taken away: before minus after, amplified, on mid grey. Where nothing changed it is mid
/// grey; lighter is what became darker.
///
/// Shapes   [h, w, 3] both; return likewise.
/// Errors   Internal  they have different sizes.  TooLarge  as Image::create().
/// Threads  pure function
[[nodiscard]] Result<SharedPixels> difference_of(const SharedPixels& before,
                                                 const SharedPixels& after,
                                                 int gain = kDifferenceGain);

}  // namespace latent::app
