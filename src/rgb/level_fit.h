// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "rgb/level_blocks.h"

namespace latent::rgb {

/// What one brightness of one channel says of the level.
struct LevelPoint {
  double brightness = 0;
  double log_sigma = 0;  ///< natural logarithm
  double weight = 0;     ///< 1 / variance of log_sigma
  int blocks = 0;
};

/// The noise of each brightness of one channel: the flattest blocks, texture taken off. Noise has
/// one ratio of V to H in the channel, whatever demosaicing, sharpening and JPEG did to it; texture
/// has another, which the next busier blocks show.
/// `fineness`, where given, becomes that ratio H / V of noise: 1 where it is white, less where it
/// is coarse; 1 where there are no points.
[[nodiscard]] std::vector<LevelPoint> level_points(const LevelBlocks& blocks, int channel,
                                                   double* fineness = nullptr);

struct LevelCurves {
  std::array<std::array<float, kLevelNodes>, 3> sigma{};
  double spread = 0;  ///< how far off, relatively, the points lie
};

/// Smooth curves through the points; they lean on the lower ones. Zeros where there are no points.
[[nodiscard]] LevelCurves fit_level(const std::array<std::vector<LevelPoint>, 3>& points);

}  // namespace latent::rgb
