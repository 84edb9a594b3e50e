// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

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

/// sRGB encoding of one linear value, clipped to [0, 1] (IEC 61966-2-1).
[[nodiscard]] float encode_srgb(float linear);

}  // namespace latent::colour
