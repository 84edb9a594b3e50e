// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "raw/chromatic_shift.h"

namespace latent::raw {

/// What one block of a mosaic says: `px` farther out than the polynomial so far, at `rho`.
struct BlockShift {
  double rho = 0;
  double px = 0;
  double variance = 0;
  int quadrant = 0;  ///< of the frame, 0 to 3
};

/// What all blocks say together.
struct ShiftFit {
  RadialShift shift;
  std::array<std::array<double, 3>, 3> variance{};  ///< of its k
  double reach = 0;                                 ///< rho within which nine of ten blocks lie
  int blocks = 0;
  int quadrants = 0;  ///< that have blocks enough

  /// The uncertainty of the shift, one sigma, in px.
  [[nodiscard]] double sigma(double rho) const;
};

/// The polynomial of `so_far` made better, with no more terms than the blocks speak for; nothing
/// where they are too few.
[[nodiscard]] std::optional<ShiftFit> fit_shift(const std::vector<BlockShift>& blocks,
                                                const RadialShift& so_far);

/// Whether a fit is to be believed, in a frame of that size.
[[nodiscard]] ShiftVerdict judged(const std::optional<ShiftFit>& fit, Size frame);

}  // namespace latent::raw
