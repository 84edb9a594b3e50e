// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>

#include "image/mosaic.h"

namespace latent::colour {

/// Row by row.
using Matrix3 = std::array<float, 9>;

/// The calibration nearest to daylight (D65) that has a matrix; nullptr where there is none.
[[nodiscard]] const ColourCalibration* daylight_calibration(const CameraFacts& camera);

/// The matrix from white-balanced linear camera RGB to linear sRGB, both with white at 1, 1, 1: the
/// calibration nearest to daylight (D65), its rows normalised so that neutral stays neutral. Where
/// the file has no usable calibration the identity: colours are then pale, but never tinted.
///
/// Threads  pure function.
/// Source   DNG 1.4 specification, chapter 6 (ColorMatrix maps XYZ to camera); IEC 61966-2-1 for
///          the primaries of sRGB.
[[nodiscard]] Matrix3 camera_to_srgb(const CameraFacts& camera);

/// CIE XYZ of the standard illuminant D65, Y = 1.
inline constexpr std::array<double, 3> kD65{0.9504, 1.0, 1.0889};

/// The multipliers, green = 1, that make a grey surface neutral which light of the colour `white`
/// (CIE XYZ) falls on: by the calibration nearest to daylight. Absent where the file has no usable
/// one.
///
/// Threads  pure function.
/// Source   DNG 1.4 specification, chapter 6: camera = CameraCalibration * ColorMatrix * XYZ.
[[nodiscard]] std::optional<std::array<double, 3>> multipliers_for(
    const CameraFacts& camera, const std::array<double, 3>& white = kD65);

/// sRGB encoding of one linear value, clipped to [0, 1] (IEC 61966-2-1).
[[nodiscard]] float encode_srgb(float linear);

}  // namespace latent::colour
