// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/mosaic.h"

namespace latent::raw {

/// How the samples of a frame end in the dark.
struct DarkEnd {
  /// Of the samples that are the smallest there is. From kMostlyCut on, only the upper half of the
  /// noise in the dark is left: single bright points among zeros, which look like lights and are
  /// none.
  double share = 0;
  /// The camera has cut off what lies below its smallest sample: far more samples show just that
  /// than each of the next few.
  bool cut = false;

  static constexpr double kMostlyCut = 0.1;
};

/// One pass over the active area.
[[nodiscard]] DarkEnd dark_end_of(const Mosaic& mosaic);

}  // namespace latent::raw
