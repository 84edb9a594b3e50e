// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace latent::raw {

/// Light of a site whose samples are clipped at white, from the mean of such samples.
///
/// Noise that reaches white is cut off, so the mean of clipped samples lies below the light that
/// made them: by 0.4 sigma where the light is white itself. With sigma^2(x) = a x + b, of which
/// a x is counted photons, whose third cumulant is a^2 x, that mean is, to first order in skewness,
///
///     m(x) = x - sigma (phi(t) - t Q(t)) - a^2 x t phi(t) / (6 sigma^2),  t = (1 - x) / sigma
///
/// which rises with x and is inverted here by a table. m(1) and what lies above is white.
///
/// Threads  const functions from any thread.
/// Source   Foi, "Clipped noisy images: heteroskedastic modeling and practical denoising", Signal
///          Processing 89(12), 2009; the last term is the first of Edgeworth's series.
class HighlightCurve {
 public:
  /// `a`, `b`: the noise of x = (count - black) / (white - black) before clipping; below 0 counts
  /// as 0, a sigma at white above 0.5 as that.
  HighlightCurve(double black, double white, double a, double b);

  /// Means up to here, in counts, are the light itself.
  [[nodiscard]] float begin() const { return begin_; }

  /// Light in counts, from the mean of clipped samples in counts; what is above white stays.
  [[nodiscard]] float light(float mean) const;

 private:
  static constexpr int kSteps = 128;
  float begin_ = 0;
  float per_count_ = 0;  ///< steps of the table in a count
  float white_ = 0;
  std::array<float, kSteps + 1> lift_{};  ///< what to add to a mean, by its distance from begin_
};

}  // namespace latent::raw
