// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "colour/matrix.h"
#include "image/mosaic.h"

namespace latent::raw {

/// White balance and colours as packages made for darktable want them.
///
/// Source   docs/compatibility.md
enum class BalanceWanted : std::uint8_t { Daylight, AsShot, None };
enum class SpaceWanted : std::uint8_t { CameraRgb, LinearRec2020, LinearSrgb };

/// XYZ (D65) to camera RGB of the calibration nearest to daylight; none where the file has none.
[[nodiscard]] std::optional<colour::Matrix3d> xyz_to_camera(const CameraFacts& camera);

/// Multipliers of R, G, B with green 1. Daylight: what makes D65 neutral by the camera's matrix;
/// as shot: the camera's own. What is not known is replaced by the other, and at last by 1, 1, 1.
[[nodiscard]] std::array<double, 3> balance_for(const CameraFacts& camera, BalanceWanted wanted);

/// From white-balanced camera RGB to a working space and back to the camera's.
struct SpaceMatrices {
  colour::Matrix3d to_space{1, 0, 0, 0, 1, 0, 0, 0, 1};
  colour::Matrix3d to_camera{1, 0, 0, 0, 1, 0, 0, 0, 1};
};

/// The identity for camera RGB and where the camera's matrix is not known.
///
/// `keep_neutral` scales the rows so that 1, 1, 1 stays what it is; darktable does not.
[[nodiscard]] SpaceMatrices matrices_for(const CameraFacts& camera, SpaceWanted space,
                                         bool keep_neutral);

}  // namespace latent::raw
