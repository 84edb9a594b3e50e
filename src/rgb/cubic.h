// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace latent::rgb {

/// Cubic convolution with a = -0.5 (Keys 1981).
[[nodiscard]] inline double cubic(double distance) {
  constexpr double kA = -0.5;
  const double t = std::abs(distance);
  if (t < 1.0) return ((kA + 2.0) * t - (kA + 3.0)) * t * t + 1.0;
  if (t < 2.0) return (((t - 5.0) * t + 8.0) * t - 4.0) * kA;
  return 0.0;
}

/// What one sample of a result is the weighted sum of.
struct Taps {
  int first = 0;
  std::vector<float> weights;  ///< of the samples first, first + 1, ...; their sum is 1
};

/// Sample `index` of a row of `count` samples resampled: `up` to 1 if it is enlarged, 1 to `down`
/// if it is reduced (the kernel is then `down` times as wide). Weights of samples that are not
/// there go to the others, in proportion.
[[nodiscard]] inline Taps taps_of(int index, int count, int up, int down) {
  const double centre = (index + 0.5) * down / up;
  const double support = 2.0 * down;
  Taps taps;
  taps.first = std::max(0, static_cast<int>(std::floor(centre - support + 0.5)));
  const int end = std::min(count, static_cast<int>(std::floor(centre + support + 0.5)));
  std::vector<double> weights;
  double sum = 0;
  for (int k = taps.first; k < end; ++k) {
    weights.push_back(cubic((k + 0.5 - centre) / down));
    sum += weights.back();
  }
  for (const double weight : weights) taps.weights.push_back(static_cast<float>(weight / sum));
  return taps;
}

}  // namespace latent::rgb
