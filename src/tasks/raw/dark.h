// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/mosaic.h"

namespace latent::tasks {

/// Whether the camera has cut off what lies below black: one sample in ten is the smallest there
/// is. Of the noise in the dark only its upper half is left then, single bright points among
/// zeros, which look like lights and are none.
[[nodiscard]] bool is_clipped_at_black(const Mosaic& mosaic);

}  // namespace latent::tasks
