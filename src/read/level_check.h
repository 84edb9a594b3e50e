// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "image/image.h"
#include "image/mosaic.h"

namespace latent::read {

/// Levels after they were held against the samples.
struct CheckedLevels {
  SensorLevels levels;   ///< to be used
  std::string notice;    ///< what was changed, for the user; else empty
  std::string obstacle;  ///< why nothing sensible can be done, half a sentence after the file's
                         ///< name; else empty
};

/// Holds black and white against the samples that saw light.
///
/// White contradicts them where most of them lie above it and are not just clipped there: then the
/// levels are times a power of two where the samples plainly are (12 bits stored in the upper bits
/// of 16), else white becomes the largest number of that many bits (of floats: the brightest
/// sample). Black contradicts them where most lie below it by more than a fifth of a percent of the
/// range: then both levels are divided by a power of two where that mends it, else nothing does.
///
/// A dark frame, whose samples lie around black, and an overexposed one pass.
///
/// Shapes   [height, width, 1], black by site; [height, width, 3], black by colour (period 3 x 1).
template <class T>
[[nodiscard]] CheckedLevels check_levels(ImageView<const T> samples, const Rect& seen,
                                         const SensorLevels& levels);

extern template CheckedLevels check_levels(ImageView<const std::uint16_t>, const Rect&,
                                           const SensorLevels&);
extern template CheckedLevels check_levels(ImageView<const float>, const Rect&,
                                           const SensorLevels&);

}  // namespace latent::read
