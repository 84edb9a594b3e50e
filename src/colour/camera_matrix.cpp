// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/camera_matrix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "colour/matrix.h"

namespace latent::colour {

namespace {

constexpr Matrix3 kIdentity{1, 0, 0, 0, 1, 0, 0, 0, 1};

/// Linear sRGB to XYZ (D65).
constexpr Matrix3d kSrgbToXyz{0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522,
                              0.0721750, 0.0193339, 0.1191920, 0.9503041};

/// EXIF LightSource values, from the best match of daylight downwards.
constexpr std::array kDaylights{21, 1, 20, 23, 22, 10, 9, 4};  // D65, daylight, D55, D50, D75, ...

}  // namespace

const ColourCalibration* daylight_calibration(const CameraFacts& camera) {
  for (const int wanted : kDaylights) {
    for (const auto& calibration : camera.calibrations) {
      if (calibration.illuminant == wanted && calibration.color_matrix.size() == 9) {
        return &calibration;
      }
    }
  }
  for (const auto& calibration : camera.calibrations) {
    if (calibration.color_matrix.size() == 9) return &calibration;
  }
  return nullptr;
}

Matrix3 camera_to_srgb(const CameraFacts& camera) {
  const ColourCalibration* calibration = daylight_calibration(camera);
  if (calibration == nullptr) return kIdentity;
  Matrix3d xyz_to_camera{};
  std::copy_n(calibration->color_matrix.begin(), 9, xyz_to_camera.begin());
  Matrix3d srgb_to_camera = multiplied(xyz_to_camera, kSrgbToXyz);
  for (std::size_t row = 0; row < 3; ++row) {
    const double sum =
        srgb_to_camera[3 * row] + srgb_to_camera[3 * row + 1] + srgb_to_camera[3 * row + 2];
    if (!(std::abs(sum) > 1e-6)) return kIdentity;
    for (std::size_t column = 0; column < 3; ++column) srgb_to_camera[3 * row + column] /= sum;
  }
  const auto back = inverted(srgb_to_camera);
  if (!back) return kIdentity;
  Matrix3 result{};
  std::transform(back->begin(), back->end(), result.begin(),
                 [](double entry) { return static_cast<float>(entry); });
  return result;
}

std::optional<std::array<double, 3>> multipliers_for(const CameraFacts& camera,
                                                     const std::array<double, 3>& white) {
  const ColourCalibration* calibration = daylight_calibration(camera);
  if (calibration == nullptr) return std::nullopt;
  Matrix3d matrix{};
  std::copy_n(calibration->color_matrix.begin(), 9, matrix.begin());
  if (calibration->camera_calibration.size() == 9) {
    Matrix3d of_this_camera{};
    std::copy_n(calibration->camera_calibration.begin(), 9, of_this_camera.begin());
    matrix = multiplied(of_this_camera, matrix);
  }
  std::array<double, 3> response{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < 3; ++i) response[c] += matrix[3 * c + i] * white[i];
    if (!(response[c] > 1e-6)) return std::nullopt;
  }
  return std::array{response[1] / response[0], 1.0, response[1] / response[2]};
}

float encode_srgb(float linear) {
  const float value = std::clamp(linear, 0.0F, 1.0F);
  if (value <= 0.0031308F) return 12.92F * value;
  return 1.055F * std::pow(value, 1.0F / 2.4F) - 0.055F;
}

}  // namespace latent::colour
