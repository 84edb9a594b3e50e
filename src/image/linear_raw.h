// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "image/mosaic.h"

namespace latent {

/// A raw photograph without a mosaic: three linear samples a pixel, red, green and blue of the
/// camera or, after a conversion, of linear sRGB (then camera.calibrations is empty and the white
/// balance 1, 1, 1).
///
/// samples   [height, width, 3] uint16 counts, only what saw light: it is the frame of every
///           network, and has no margins.
/// crop      the part that the maker shows, inside it.
struct LinearRaw {
  Image<std::uint16_t> samples;
  Rect crop;
  SensorClass sensor = SensorClass::LinearRgb;  ///< of the camera: also FourColour, Foveon
  std::array<float, 3> black{};                 ///< counts that mean no light, by colour
  std::array<float, 3> white{};                 ///< counts at which a colour saturates
  int bits_per_sample = 16;
  std::uint16_t sample_max = 0;  ///< the largest count in `samples`
  Orientation orientation = 1;
  double pixel_aspect = 1;  ///< as in Mosaic
  CameraFacts camera;
  std::optional<NoiseModel> noise_profile;  ///< of the file, if it has one
  std::vector<CarriedTag> carried_tags;     ///< DNG sources only
  std::vector<std::string> notices;         ///< what a user should know of the conversion
};

}  // namespace latent
