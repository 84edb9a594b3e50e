// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"
#include "image/mosaic.h"

namespace latent::read {

struct SampleRange {
  std::uint16_t max = 0;         ///< of the whole buffer
  std::uint16_t active_min = 0;  ///< of the active area
};

/// Measures the samples and refuses what no exposed sensor delivers: every sample at black, every
/// sample the same below white, or rows of zeros at the end under a black level above zero. They
/// are what is left when a decoder ran out of data and kept silent.
///
/// Shapes   [height, width]; `active` lies inside.
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Result<SampleRange> check_plausible(ImageView<const std::uint16_t> samples,
                                                  const Rect& active, const SensorLevels& levels);

}  // namespace latent::read
