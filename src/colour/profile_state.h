// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colour/curve.h"
#include "colour/profile.h"

namespace latent::colour {

/// Row by row.
using Matrix3d = std::array<double, 9>;

/// A profile that is curves and, for RGB, a matrix.
struct Shaper {
  std::array<Curve, 3> curves;                 ///< the first alone for grey
  Matrix3d to_xyz{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< light to XYZ of D50; unused for grey
};

struct Profile::State {
  std::vector<std::uint8_t> icc;
  int channels = 3;
  std::string description;
  std::optional<Shaper> shaper;  ///< absent for profiles that are tables
};

}  // namespace latent::colour
