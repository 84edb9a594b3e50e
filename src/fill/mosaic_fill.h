// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/run_control.h"
#include "image/cfa.h"
#include "image/image.h"

namespace latent::fill {

struct MosaicFilled {
  Image<float> samples;  ///< [h, w, 1]: the holes filled, the rest as it was
  bool flat = false;     ///< as FilledPart::flat
};

/// Fills a hole of a mosaic from sites of the same colour.
///
/// What goes where is found in the mean colours around each site, which have all three everywhere;
/// shifts are multiples of the pattern's period. A site then becomes the filled mean colour and what
/// its source differs from its own mean: detail and noise are those of the sensor.
///
/// Shapes   samples [h, w, 1], encoded so that noise is about even (a root), whatever its unit is;
///          hole and bar [h, w, 1].
/// cfa      seen from the first sample.
/// Errors   TooLarge, Cancelled.
[[nodiscard]] Result<MosaicFilled> fill_mosaic(ImageView<const float> samples,
                                               const CfaPattern& cfa,
                                               ImageView<const std::uint8_t> hole,
                                               ImageView<const std::uint8_t> bar, int threads,
                                               const RunControl& control);

}  // namespace latent::fill
