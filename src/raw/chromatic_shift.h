// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "base/result.h"
#include "image/geometry.h"
#include "image/mosaic.h"

// Lateral chromatic aberration: red and blue stand nearer to the centre of the frame than green, or
// farther.
namespace latent::raw {

/// By how many pixels a colour stands farther out than green, at `rho` of the way from the centre
/// of the frame to its corner:
///
///     px(rho) = k0 rho + k1 rho^3 + k2 rho^5
struct RadialShift {
  std::array<double, 3> k{};

  [[nodiscard]] double px(double rho) const {
    const double squared = rho * rho;
    return rho * (k[0] + squared * (k[1] + squared * k[2]));
  }
  /// The largest anywhere in the frame, without its sign.
  [[nodiscard]] double largest() const;
  [[nodiscard]] bool none() const { return k == std::array<double, 3>{}; }
};

/// The shifts of a photograph: light of the scene point p is seen at p + at(c, p).
struct ChromaticShift {
  Size frame;
  RadialShift red;
  RadialShift blue;

  struct Offset {
    double x = 0;
    double y = 0;
  };
  /// `colour` 0 or 2, red or blue; a place of the frame.
  [[nodiscard]] Offset at(int colour, double x, double y) const;
  [[nodiscard]] double largest() const;
  [[nodiscard]] bool none() const { return red.none() && blue.none(); }
};

enum class ShiftVerdict : std::uint8_t {
  Found,
  None,         ///< below kLeastShiftPx everywhere, or not sure to be there
  TooFewEdges,  ///< strong ones, away from the centre, on several sides of it
  Implausible   ///< too large for a lens, or edges that contradict each other
};

/// A shift that is left alone: nobody sees it.
inline constexpr double kLeastShiftPx = 0.05;

struct MeasuredShift {
  ChromaticShift shift;  ///< of each colour that was found; zero for others
  ShiftVerdict red = ShiftVerdict::None;
  ShiftVerdict blue = ShiftVerdict::None;
  int edges = 0;  ///< blocks that spoke of red and of blue, the fewer
};

/// Measures how red and blue stand to green, once for a whole photograph. In blocks of 32 px with
/// strong edges red, smoothed, is fitted as a share of green, smoothed, that is moved outwards:
///
///     red = share * green(p - shift) + rest,
///
/// which holds for edges between any two colours. Blocks are then fitted by the polynomial of
/// RadialShift, those that disagree count less and less (Tukey), and all is done again from what was
/// found.
///
/// `noise` as of the mosaic; defects should have been repaired.
///
/// Errors   TooLarge  where memory is refused; Corrupt  as Encoder::create().
/// Threads  starts up to `threads`; the result does not depend on their number.
/// Source   B. Lucas and T. Kanade, 1981, for the shift of a block; the radial polynomial is that of
///          all lens corrections. Our own combination.
[[nodiscard]] Result<MeasuredShift> measure_chromatic_shift(const Mosaic& mosaic,
                                                            const NoiseModel& noise, int threads);

}  // namespace latent::raw
