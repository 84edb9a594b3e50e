// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/camera_matrix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace latent::colour {

namespace {

using Matrix3d = std::array<double, 9>;

constexpr Matrix3 kIdentity{1, 0, 0, 0, 1, 0, 0, 0, 1};

/// Linear sRGB to XYZ (D65).
constexpr Matrix3d kSrgbToXyz{0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522,
                              0.0721750, 0.0193339, 0.1191920, 0.9503041};

/// EXIF LightSource values, from the best match of daylight downwards.
constexpr std::array kDaylights{21, 1, 20, 23, 22, 10, 9, 4};  // D65, daylight, D55, D50, D75, ...

Matrix3d multiplied(const Matrix3d& a, const Matrix3d& b) {
  Matrix3d product{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      for (std::size_t k = 0; k < 3; ++k) {
        product[3 * row + column] += a[3 * row + k] * b[3 * k + column];
      }
    }
  }
  return product;
}

std::optional<Matrix3d> inverted(const Matrix3d& m) {
  const double minor0 = m[4] * m[8] - m[5] * m[7];
  const double minor1 = m[3] * m[8] - m[5] * m[6];
  const double minor2 = m[3] * m[7] - m[4] * m[6];
  const double determinant = m[0] * minor0 - m[1] * minor1 + m[2] * minor2;
  if (!(std::abs(determinant) > 1e-9)) return std::nullopt;
  const double f = 1.0 / determinant;
  return Matrix3d{f * minor0,  f * (m[2] * m[7] - m[1] * m[8]), f * (m[1] * m[5] - m[2] * m[4]),
                  -f * minor1, f * (m[0] * m[8] - m[2] * m[6]), f * (m[2] * m[3] - m[0] * m[5]),
                  f * minor2,  f * (m[1] * m[6] - m[0] * m[7]), f * (m[0] * m[4] - m[1] * m[3])};
}

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

}  // namespace

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

float encode_srgb(float linear) {
  const float value = std::clamp(linear, 0.0F, 1.0F);
  if (value <= 0.0031308F) return 12.92F * value;
  return 1.055F * std::pow(value, 1.0F / 2.4F) - 0.055F;
}

}  // namespace latent::colour
