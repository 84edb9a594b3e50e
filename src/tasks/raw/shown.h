// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tasks/mask/local_strength.h"
#include "tasks/raw/network.h"
#include "tasks/raw/prepared.h"

namespace latent::tasks {

/// An area of the frame before and after. The network runs where the area was not shown lately;
/// the strength is put in anew.
///
/// `local`    where the strength counts, on the crop; null: everywhere
/// `network`  may be none at strength 0.
/// Errors   as RawNetwork::clean(); TooLarge where memory is refused.
[[nodiscard]] Result<Shown> show_area(PreparedRaw& raw, RawNetwork* network, const Rect& area,
                                      const NoiseModel& noise, const RawDenoiseSettings& settings,
                                      const LocalStrength* local, const RunControl& control);

/// The same where the network makes three colours of a mosaic: `after` and `counts` are those,
/// `counts` by raw::kColourWhite; `before` is the mosaic, developed plainly.
///
/// Errors   as show_area(), and PreparedRaw::classical() below strength 1 or with a mask.
[[nodiscard]] Result<Shown> show_colours(PreparedRaw& raw, RawNetwork* network, const Rect& area,
                                         const NoiseModel& noise,
                                         const RawDenoiseSettings& settings,
                                         const LocalStrength* local, const RunControl& control);

}  // namespace latent::tasks
