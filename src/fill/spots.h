// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"

namespace latent::fill {

/// A shadow of dust on the sensor.
struct Spot {
  double x = 0;  ///< middle, pixels of the picture as decoded
  double y = 0;
  double radius = 0;  ///< of what is to be filled, pixels
  double depth = 0;   ///< how much darker than around, encoded, 0..1
};

struct SpotSettings {
  double least_depth = 0.012;  ///< three 8-bit steps
  /// Dust lies before the sensor's glass and leaves part of the light through: what is darker is an
  /// eye, a bird or a hole.
  double most_depth = 0.25;
  double smallest = 2.5;  ///< radius in pixels
  double largest = 40;
  double roundness = 0.55;  ///< share of its enclosing circle that a spot fills at least
  /// A spot shows so many times more than most places around do at the same size: else it is one of
  /// many, as dark places between leaves are.
  double stands_out = 6;
  std::size_t most = 1000;
};

/// Finds small, round, blurred, dark spots on calm ground: what dust on a sensor looks like. Spots
/// on texture are not found, since nothing tells them from it.
///
/// A difference of a narrow and a wide mean at several sizes gives the places; a place counts where
/// it is darker than every side of it, about round, where the ground around is calmer than the spot
/// is deep, and where no texture of its size lies around it.
///
/// Shapes   light [h, w, 1], encoded brightness, 0..1.
/// Returns  deepest first.
/// Errors   TooLarge, Cancelled.
/// Source   Lindeberg, "Feature Detection with Automatic Scale Selection", 1998 (blobs by scale).
[[nodiscard]] Result<std::vector<Spot>> find_spots(ImageView<const float> light,
                                                   const SpotSettings& settings,
                                                   const RunControl& control);

}  // namespace latent::fill
