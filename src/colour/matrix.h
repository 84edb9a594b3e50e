// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>

#include "colour/profile.h"

namespace latent::colour {

/// Row by row.
using Matrix3d = std::array<double, 9>;

/// XYZ of the white of the profile connection space (ICC.1:2010, D50).
inline constexpr std::array<double, 3> kConnectionWhite{0.9642, 1.0, 0.8249};

[[nodiscard]] Matrix3d multiplied(const Matrix3d& a, const Matrix3d& b);
/// None where the matrix has (nearly) no inverse.
[[nodiscard]] std::optional<Matrix3d> inverted(const Matrix3d& m);

/// Linear RGB to XYZ, white adapted to the connection space (Bradford) and the entries rounded as
/// an ICC profile holds them, so that the primaries add up to its white exactly. None where the
/// primaries span no triangle around white.
[[nodiscard]] std::optional<Matrix3d> connection_matrix(const Primaries& primaries);

}  // namespace latent::colour
