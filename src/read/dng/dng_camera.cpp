// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "colour/camera_matrix.h"
#include "read/dng/dng_directories.h"

#include "metadata/tiff_fields.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr std::size_t kMatrixEntries = 9;

/// Whether rows or columns of a matrix stand for the colours of the camera.
enum class CameraSide : std::uint8_t { Rows, Columns, Both };

/// A matrix of a three-colour camera, in the order R, G, B; or nothing.
std::vector<double> matrix(const DngDirectories& directories, std::uint16_t tag, CameraSide side) {
  const std::vector<double> values = directories.numbers(tag);
  const bool sound = values.size() == kMatrixEntries &&
                     std::ranges::any_of(values, [](double v) { return v != 0; });
  if (!sound) return {};
  const auto planes = planes_of_colours(directories);
  std::vector<double> ordered;
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      const std::size_t from_row = side == CameraSide::Columns ? row : planes[row];
      const std::size_t from_column = side == CameraSide::Rows ? column : planes[column];
      ordered.push_back(values[3 * from_row + from_column]);
    }
  }
  return ordered;
}

void read_calibrations(const DngDirectories& directories, CameraFacts& camera) {
  struct Tags {
    std::uint16_t illuminant, color, forward, calibration;
  };
  constexpr Tags kTags[] = {{tag::kCalibrationIlluminant1, tag::kColorMatrix1, tag::kForwardMatrix1,
                             tag::kCameraCalibration1},
                            {tag::kCalibrationIlluminant2, tag::kColorMatrix2, tag::kForwardMatrix2,
                             tag::kCameraCalibration2}};
  for (const Tags& tags : kTags) {
    ColourCalibration calibration;
    calibration.color_matrix = matrix(directories, tags.color, CameraSide::Rows);
    if (calibration.color_matrix.empty()) continue;
    calibration.illuminant =
        static_cast<int>(std::clamp(directories.number(tags.illuminant, 0), 0.0, 65535.0));
    calibration.forward_matrix = matrix(directories, tags.forward, CameraSide::Columns);
    calibration.camera_calibration = matrix(directories, tags.calibration, CameraSide::Both);
    camera.calibrations.push_back(std::move(calibration));
  }
}

/// CIE XYZ of the light that AsShotWhiteXY states, else of D65.
std::array<double, 3> white_of(const DngDirectories& directories) {
  const std::vector<double> xy = directories.numbers(tag::kAsShotWhiteXy);
  const bool sound =
      xy.size() == 2 && xy[0] > 0.1 && xy[0] < 0.7 && xy[1] > 0.1 && xy[0] + xy[1] < 1.0;
  if (!sound) return colour::kD65;
  return {xy[0] / xy[1], 1.0, (1.0 - xy[0] - xy[1]) / xy[1]};
}

void read_white_balance(const DngDirectories& directories, CameraFacts& camera) {
  const std::vector<double> neutral = directories.numbers(tag::kAsShotNeutral);
  const bool sound = neutral.size() == 3 &&
                     std::ranges::all_of(neutral, [](double v) { return v > 1e-4 && v < 1e4; });
  if (!sound) {
    camera.as_shot_wb =
        colour::multipliers_for(camera, white_of(directories)).value_or(camera.as_shot_wb);
    return;
  }
  const auto planes = planes_of_colours(directories);
  for (std::size_t c = 0; c < 3; ++c) {
    camera.as_shot_wb[c] = neutral[planes[1]] / neutral[planes[c]];
  }
  camera.as_shot_wb_known = true;
}

/// A photographic quantity that cannot be negative; 0 where it is unknown.
double quantity(const DngDirectories& exif, std::uint16_t tag) {
  return std::max(exif.number(tag, 0), 0.0);
}

void read_exposure(const DngDirectories& directories, CameraFacts& camera) {
  DngDirectories exif = directories;
  const auto offset = directories.number(tag::kExifIfd, 0);
  const auto directory =
      directories.file->directory_at(static_cast<std::uint64_t>(std::clamp(offset, 0.0, 9.0e15)));
  if (offset > 0 && directory) exif.raw = &*directory;
  camera.iso = quantity(exif, tag::kIsoSpeedRatings);
  camera.exposure_seconds = quantity(exif, tag::kExposureTime);
  camera.aperture = quantity(exif, tag::kFNumber);
  camera.focal_length_mm = quantity(exif, tag::kFocalLength);
}

}  // namespace

std::array<std::size_t, 3> planes_of_colours(const DngDirectories& directories) {
  constexpr double kPhotometricCfa = 32803;
  std::array<std::size_t, 3> planes{0, 1, 2};
  const std::vector<double> colours = directories.numbers(tag::kCfaPlaneColor);
  const bool mosaic = directories.number(tag::kPhotometricInterpretation, 0) == kPhotometricCfa;
  const bool permuted =
      colours.size() == 3 && std::ranges::is_permutation(colours, std::array<double, 3>{0, 1, 2});
  if (!mosaic || !permuted) return planes;
  for (std::size_t plane = 0; plane < 3; ++plane) {
    planes[static_cast<std::size_t>(colours[plane])] = plane;
  }
  return planes;
}

CameraFacts read_dng_camera(const DngDirectories& directories) {
  CameraFacts camera;
  camera.make = directories.file->text(directories.find(tag::kMake));
  camera.model = directories.file->text(directories.find(tag::kModel));
  camera.unique_model = directories.file->text(directories.find(tag::kUniqueCameraModel));
  if (camera.unique_model.empty()) {
    const bool repeats = camera.model.starts_with(camera.make) || camera.make.empty();
    camera.unique_model = repeats ? camera.model : camera.make + " " + camera.model;
  }
  read_exposure(directories, camera);
  read_calibrations(directories, camera);
  read_white_balance(directories, camera);
  camera.baseline_exposure_ev = directories.number(tag::kBaselineExposure, 0);
  return camera;
}

std::optional<NoiseModel> read_dng_noise_profile(const DngDirectories& directories) {
  const std::vector<double> pairs = directories.numbers(tag::kNoiseProfile);
  const auto planes = planes_of_colours(directories);
  const bool one_for_all = pairs.size() == 2;
  if (!one_for_all && pairs.size() != 6) return std::nullopt;
  NoiseModel noise;
  noise.origin = NoiseModel::Origin::DngProfile;
  for (std::size_t colour = 0; colour < 3; ++colour) {
    const std::size_t plane = one_for_all ? 0 : planes[colour];
    const double scale = pairs[2 * plane];       // S
    const double offset = pairs[2 * plane + 1];  // O
    const bool sound = scale >= 0 && scale < 1 && offset < 1 && (scale > 0 || offset > 0);
    if (!sound) return std::nullopt;
    noise.a[colour] = scale;
    noise.b[colour] = std::max(offset, 0.0);  // a fit may leave it just below zero
  }
  return noise;
}

}  // namespace latent::read
