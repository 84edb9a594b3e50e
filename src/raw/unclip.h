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

/// Light of a site whose samples are clipped in the dark, from the mean of such samples.
///
/// Some cameras write no sample below black: of the noise in the shadows only the upper half is
/// left, and its mean lies above the light, by 0.4 sigma where there is none. White balance makes
/// purple of that. As HighlightCurve, mirrored:
///
///     m(x) = x + sigma (phi(t) - t Q(t)) - a^2 x t phi(t) / (6 sigma^2),  t = (x - cut) / sigma
///
/// Below m(cut) the light is taken to fall on as it does there, below the cut: so the mean of a
/// black place, whose means lie on both sides of m(cut), comes out black.
///
/// Threads  const functions from any thread.
/// Source   as HighlightCurve.
class ShadowCurve {
 public:
  /// `cut`: the count below which there is no sample; `a`, `b` as HighlightCurve's.
  ShadowCurve(double black, double white, double cut, double a, double b);

  /// Means from here on, in counts, are the light itself.
  [[nodiscard]] float end() const { return end_; }

  /// Light in counts, from the mean of clipped samples in counts.
  [[nodiscard]] float light(float mean) const;

 private:
  static constexpr int kSteps = 128;
  float first_ = 0;  ///< the mean where the table begins: that of the cut
  float end_ = 0;
  float per_count_ = 0;
  float slope_ = 1;                       ///< of light by mean, below the table
  std::array<float, kSteps + 1> drop_{};  ///< what to take off a mean, by its distance from first_
};

}  // namespace latent::raw
