// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "mask/bits.h"
#include "mask/path.h"

namespace latent::mask {

/// A point of a traced contour, about a pixel from the next.
struct ContourPoint {
  PathPoint at;
  bool corner = false;
};

/// A closed contour, and what lies in it: holes in an outline, islands in a hole.
struct Contour {
  std::vector<ContourPoint> points;
  std::vector<Contour> inner;
};

struct TraceSettings {
  int cleanup_px2 = 10;  ///< contours around less than that are left out
  double smoothing = 1;  ///< 0: every vertex is a corner; 1.34: none is
};

/// The contours of a bitmap, in its pixels, with holes in outlines and islands in holes.
///
/// Errors   TooLarge   memory is refused.
///          Cancelled
/// Threads  any.
/// Source   potrace (Peter Selinger), as a library: its optimal polygon and its corners.
[[nodiscard]] Result<std::vector<Contour>> trace(Bits& bits, const TraceSettings& settings,
                                                 const RunControl& control);

}  // namespace latent::mask
