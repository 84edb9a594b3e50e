// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/picture.h"

namespace latent::write {

/// The row with its colours divided by their alpha: what formats hold that know no associated
/// alpha. Integers are rounded and end at their top; where alpha is 0 the colours stay as they are.
///
/// Shapes   `samples` and the result: bytes of [width, channels], the last channel alpha.
[[nodiscard]] std::vector<std::uint8_t> unassociated(std::span<const std::uint8_t> samples,
                                                     int channels, SampleDepth depth);

}  // namespace latent::write
