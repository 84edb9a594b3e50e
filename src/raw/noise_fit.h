// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace latent::raw {

/// One measured variance: it should be a * light + b * weight. `certainty` is one over the variance
/// of its logarithm.
struct NoisePoint {
  double light = 0;
  double weight = 1;
  double variance = 0;
  double certainty = 1;
};

struct NoiseFit {
  double a = 0;
  double b = 0;
  double spread = 0;  ///< how far the points lie from it, in shares of sigma (median)
};

/// The (a, b) of a sensor that best explains the points.
///
/// What lies above the curve counts less than what lies below it: texture, and the grain of a scan,
/// add to noise and never take away. Read noise is searched in electrons, sqrt(b) / a, near those
/// that cameras have (3, within a factor of 1.65 either way; what lies far beyond needs strong proof):
/// a picture without shadows knows a well but b not at all.
///
/// `iso`: the camera's, 0 where unknown. Where it fits the gain, as that of cameras does, what is
/// usual falls with the gain, since what comes after the amplifier weighs less and less: 8 electrons
/// at a = 2e-5, 5 at 6e-5, 3.5 at 2e-4, 2.4 at 6e-4, 1.1 at 6e-3. These are medians of darktable's
/// profiles of 433 cameras, made those of photosites; half of them lie within a factor of 1.45.
/// `rounding`: the variance of rounding to counts, which b holds on top of read noise.
/// Points have variance > 0 and certainty > 0; none gives {0, rounding, 0}.
[[nodiscard]] NoiseFit fit_noise(std::span<const NoisePoint> points, double rounding,
                                 double iso = 0);

}  // namespace latent::raw
