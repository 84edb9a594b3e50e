// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/mosaic.h"

namespace latent::read {

/// What the header of a raw file tells, before a single sample is decoded. The fields have the
/// meaning that they have in Mosaic.
struct RawFacts {
  std::string container;  ///< "DNG 1.4", or "camera format" for what LibRaw parses
  std::string decoder;    ///< LibRaw's name of the decoder, for the log
  SensorClass sensor = SensorClass::Unknown;
  std::string cfa_letters;  ///< by the active area; empty for what is no mosaic
  Size buffer;
  Rect active;
  Rect crop;
  SensorLevels levels;           ///< of floats in the units of the file
  bool levels_are_final = true;  ///< false: the camera's decoder fills them in with the samples
  int bits_per_sample = 16;
  bool is_float = false;  ///< the file holds floats: exact_floats() gives them
  Orientation orientation = 1;
  double pixel_aspect = 1;
  CameraFacts camera;
  std::string colour_notice;  ///< what a user should know where nobody knows the camera's colours;
                              ///< else empty
  std::vector<std::string> notices;  ///< what a user should know of how the file is read
  std::optional<NoiseModel> noise_profile;
  bool opens_as_mosaic = false;  ///< whether Photograph::mosaic() gives it
  bool opens_as_linear = false;  ///< whether Photograph::linear() does; never both
  std::string obstacle;          ///< why not, half a sentence after the file's name
};

}  // namespace latent::read
