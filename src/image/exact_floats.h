// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/image.h"
#include "image/mosaic.h"

namespace latent {

/// The samples of a floating-point raw in the units of the file, beside the counts of 16 bits that
/// a Mosaic or LinearRaw holds of them: count = value * scale + offset, rounded and kept within 16
/// bits. What is done to the counts is written as a difference to these.
///
/// samples   [height, width, 1] the whole buffer of a mosaic, [height, width, 3] of a linear
///           picture. NaN and infinities are as in the file.
struct ExactFloats {
  Image<float> samples;
  SensorLevels levels;  ///< in the file's units; of a linear picture black by colour, period 3 x 1
  double scale = 1;
  double offset = 0;
};

}  // namespace latent
