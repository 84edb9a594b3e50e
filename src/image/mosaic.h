// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "image/cfa.h"
#include "image/image.h"

namespace latent {

/// What kind of sensor data a raw file holds. Only the first three are mosaics that a CFA network
/// sees as they are.
enum class SensorClass : std::uint8_t {
  Bayer,
  XTrans,
  Mono,
  LinearRgb,   ///< three samples a pixel: sRaw, LinearRaw DNG, ProRAW
  FourColour,  ///< GMYC, RGBE and the like
  QuadBayer,
  SuperCcd,
  Foveon,
  Unknown
};

/// As a person would write it: "Bayer", "X-Trans", "four-colour".
[[nodiscard]] const char* sensor_class_name(SensorClass sensor);

/// Sensor counts that mean no light, for every site of a repeating pattern of its own (which need
/// not be the period of the CFA). Entry (0, 0) belongs to the sample (0, 0) of the sensor buffer.
struct BlackLevels {
  Size period{1, 1};
  std::vector<float> counts{0.0F};

  [[nodiscard]] float at(int x, int y) const {
    return counts[static_cast<std::size_t>(positive_modulo(y, period.height) * period.width +
                                           positive_modulo(x, period.width))];
  }
};

/// Black and white of the sensor. white[c] is the count at which colour c (CfaColour) saturates.
struct SensorLevels {
  BlackLevels black;
  std::array<float, 4> white{};
};

/// Noise of the sensor by colour (R, G, B), in units of (white - black) after black is taken off:
/// var(x) = a * x + b. Source: Foi and others, "Practical Poissonian-Gaussian noise modeling and
/// fitting for single-image raw-data", 2008; DNG 1.4 NoiseProfile.
struct NoiseModel {
  std::array<double, 3> a{};
  std::array<double, 3> b{};

  enum class Origin : std::uint8_t { DngProfile, Given, Estimated, CameraTable };
  Origin origin = Origin::Estimated;
};

/// "DNG NoiseProfile", "given", "estimated", "camera table".
[[nodiscard]] const char* noise_origin_name(NoiseModel::Origin origin);

/// EXIF orientation 1..8; 1 is upright.
using Orientation = std::uint8_t;

/// One DNG colour calibration: illuminant (EXIF LightSource) and its matrices, row by row,
/// [camera][XYZ] as DNG writes them. Absent matrices are empty.
struct ColourCalibration {
  int illuminant = 0;
  std::vector<double> color_matrix;        ///< XYZ -> camera, 9 entries
  std::vector<double> forward_matrix;      ///< white balanced camera -> XYZ D50, 9 entries
  std::vector<double> camera_calibration;  ///< camera -> reference camera, 9 entries
};

/// A TIFF or DNG tag of the source that travels to the output as it stands.
struct CarriedTag {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;           ///< TIFF field type (1 BYTE, 3 SHORT, ...)
  std::uint32_t count = 0;          ///< values, not bytes
  bool of_raw_ifd = false;          ///< stood in the IFD of the raw picture, not in IFD 0
  std::vector<std::uint8_t> bytes;  ///< the values in the byte order of this machine, except for
                                    ///< UNDEFINED and BYTE, which are as in the file
  bool big_endian = false;          ///< the file: of the words inside UNDEFINED
};

/// The camera and its colours, as far as the file tells them.
struct CameraFacts {
  std::string make;
  std::string model;
  std::string unique_model;  ///< DNG UniqueCameraModel, or "<make> <model>"
  double iso = 0;            ///< 0 where unknown
  double exposure_seconds = 0;
  double aperture = 0;
  double focal_length_mm = 0;
  /// Multipliers that make grey neutral, green = 1: as shot, else daylight's, else {1, 1, 1}.
  std::array<double, 3> as_shot_wb{1, 1, 1};
  bool as_shot_wb_known = false;
  std::vector<ColourCalibration> calibrations;  ///< none to two
  double baseline_exposure_ev = 0;
};

/// A raw photograph before demosaicing.
///
/// samples   [height, width] uint16 sensor counts, the whole buffer, optical black margins
/// included. active    the part that saw light; the frame of every network, in buffer coordinates.
/// crop      the part that the maker shows (DNG DefaultCrop), in buffer coordinates, inside active.
/// cfa       seen from the buffer's sample (0, 0), like levels.black.
struct Mosaic {
  Image<std::uint16_t> samples;
  Rect active;
  Rect crop;
  SensorClass sensor = SensorClass::Unknown;
  CfaPattern cfa;
  SensorLevels levels;
  int bits_per_sample = 16;      ///< as the camera digitised
  std::uint16_t sample_max = 0;  ///< the largest count in `samples`
  std::uint16_t sample_min = 0;  ///< the smallest count in `active`
  Orientation orientation = 1;
  double pixel_aspect = 1;  ///< width of a pixel over its height; a DNG says it in a carried tag
  CameraFacts camera;
  std::optional<NoiseModel> noise_profile;  ///< of the file, if it has one
  std::vector<CarriedTag> carried_tags;     ///< DNG sources only
};

}  // namespace latent
