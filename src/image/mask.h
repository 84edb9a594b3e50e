// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/image.h"

namespace latent {

/// A soft mask: [h, w, 1], 0 outside, 1 inside, between them the share of the pixel that the object
/// covers (linear, not encoded). It lies on the photograph as decoded, before it is turned upright.
using SoftMask = Image<float>;

}  // namespace latent
