// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>

#include "rgb/noise_level.h"

namespace latent::rgb {

/// What is added to a denoised value, so that it shows the light and not the mean of noisy values.
///
/// A camera's curve bends noise: what lies above the light is pressed together more than what lies
/// below, so the mean of noisy values is too dark, and where noise was cut at black it is too
/// bright. Networks give that mean (training: with_mean_of()), and so the correction is a step of
/// its own.
struct ToneShift {
  static constexpr std::size_t kNodes = 65;
  /// By channel, at the value i / (kNodes - 1); linear between, constant beyond the ends.
  std::array<std::array<float, kNodes>, 3> add{};
  float largest = 0;  ///< of all, without sign; 0: nothing moves

  [[nodiscard]] float at(int channel, float value) const;

  /// Takes the shift, times `share`, off the residual of a row, since noisy - residual is the
  /// result.
  ///
  /// Shapes   noisy `pixels` x `colours` (1 or 3), residual `pixels` x 3.
  void lead(const float* noisy, int colours, std::size_t pixels, float share,
            float* residual) const;
};

/// The shift that a level asks for.
///
/// Why      Noise in light of variance a X + b goes through sRGB's curve and is cut at black and
///          white. Of all (a, b) those are taken whose noise, seen behind the curve, is most like
///          the level of the channel; they give the mean for every light, and so the light for
///          every mean. Red and blue are lifted no more than green: what their matrix and balance
///          did is not known, and a tint is worse than a tone.
/// Bounds   Nothing below a sigma of 5 of 255, in full from 8 on. Nothing where the noise is white
///          (fineness 0.9 and more; in full below 0.75): no camera's curve bent that. At most 9 of
///          255, since the camera's own curve is not known.
/// Threads  any.
[[nodiscard]] ToneShift tone_shift(const NoiseLevel& level);

}  // namespace latent::rgb
