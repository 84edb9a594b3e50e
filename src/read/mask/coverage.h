// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "image/image.h"
#include "image/picture.h"

namespace latent::read {

/// The samples of a picture as a soft mask, as read_mask_file() says.
///
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<Image<float>> coverage_of(const Picture& picture);

/// The same of [h, w, 1 or 3] floats.
[[nodiscard]] Result<Image<float>> coverage_of(ImageView<const float> samples);

}  // namespace latent::read
