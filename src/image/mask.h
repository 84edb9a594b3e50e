// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/image.h"

namespace latent {

/// A soft mask: [h, w, 1], 0 outside, 1 inside, between them the share of the pixel that the object
/// covers (linear, not encoded). It lies on the photograph as decoded, before it is turned upright.
using SoftMask = Image<float>;

/// The share of its picture that a mask covers, 0 to 1.
[[nodiscard]] inline double mask_share(ImageView<const float> mask) {
  double sum = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (const float share : mask.row(y)) sum += static_cast<double>(share);
  }
  const auto area = static_cast<double>(mask.size().area());
  return area > 0 ? sum / area : 0;
}

}  // namespace latent
