// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tasks/raw/prepared.h"

// Colour fringes (lateral chromatic aberration) of a raw that is demosaiced.
namespace latent::tasks {

struct Fringes {
  std::shared_ptr<const raw::ChromaticShift> shift;  ///< to be corrected; null: nothing is
  std::vector<std::string> notices;                  ///< why nothing is, or not all
};

/// What is to be done about them, as the settings want it: measured once for the whole frame.
///
/// Errors   as PreparedRaw::fringes().
[[nodiscard]] Result<Fringes> fringes_of(PreparedRaw& raw, const NoiseModel& noise, bool demosaics,
                                         const RawDenoiseSettings& settings);

}  // namespace latent::tasks
