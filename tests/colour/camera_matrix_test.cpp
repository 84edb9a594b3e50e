// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/camera_matrix.h"

#include <gtest/gtest.h>

#include <numeric>

namespace latent::colour {
namespace {

// XYZ -> linear sRGB, the inverse of the primaries: a camera that sees exactly as sRGB does.
const std::vector<double> kSrgbCamera{3.2404542, -1.5371385, -0.4985314, -0.9692660, 1.8760108,
                                      0.0415560, 0.0556434,  -0.2040259, 1.0572252};

CameraFacts camera_with(std::vector<double> matrix, int illuminant = 21) {
  CameraFacts camera;
  ColourCalibration calibration;
  calibration.illuminant = illuminant;
  calibration.color_matrix = std::move(matrix);
  camera.calibrations.push_back(std::move(calibration));
  return camera;
}

TEST(CameraMatrix, ACameraThatIsSrgbNeedsNoMatrix) {
  const auto matrix = camera_to_srgb(camera_with(kSrgbCamera));
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(matrix[i], i % 4 == 0 ? 1.0 : 0.0, 1e-5) << i;
}

TEST(CameraMatrix, NeutralStaysNeutralWhateverTheCalibration) {
  const auto matrix = camera_to_srgb(
      camera_with({.9020, -.2890, -.0715, -.4535, 1.2436, .2348, -.0934, .1919, .7086}));
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_NEAR(matrix[3 * row] + matrix[3 * row + 1] + matrix[3 * row + 2], 1.0, 1e-5);
  }
  EXPECT_GT(matrix[0], 1.0F);  // a real sensor's red is less pure than the primary
}

TEST(CameraMatrix, TakesDaylightBeforeTungsten) {
  CameraFacts camera = camera_with({1, 0, 0, 0, 1, 0, 0, 0, 1}, 17);  // standard light A
  camera.calibrations.push_back(camera_with(kSrgbCamera).calibrations.front());
  EXPECT_NEAR(camera_to_srgb(camera)[1], 0.0, 1e-5);
}

TEST(CameraMatrix, WithoutAUsableCalibrationColoursArePaleNeverTinted) {
  const Matrix3 identity{1, 0, 0, 0, 1, 0, 0, 0, 1};
  EXPECT_EQ(camera_to_srgb({}), identity);
  EXPECT_EQ(camera_to_srgb(camera_with(std::vector<double>(9, 0.0))), identity);
  EXPECT_EQ(camera_to_srgb(camera_with({1, 1, 1, 1, 1, 1, 1, 1, 1})), identity);  // singular
}

TEST(EncodeSrgb, AgreesWithTheStandardAndClips) {
  EXPECT_FLOAT_EQ(encode_srgb(-1.0F), 0.0F);
  EXPECT_FLOAT_EQ(encode_srgb(2.0F), 1.0F);
  EXPECT_NEAR(encode_srgb(0.0031308F), 0.04045, 1e-4);
  EXPECT_NEAR(encode_srgb(0.214041F), 0.5, 1e-5);
}

}  // namespace
}  // namespace latent::colour
