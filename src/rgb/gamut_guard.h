// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace latent::rgb {

/// What a network may be shown, and how values beyond get there and back.
///
/// Samples are sRGB-encoded without bounds (wide gamut is below 0, highlights are above 1). Inside
/// [low, high], the range that the network was trained for, nothing changes. Beyond, a logarithm
/// with the same value and slope at the border bends them towards it:
///   high + k * log(1 + (v - high) / k),   k = knee,
/// and likewise below. It can be undone, so what the network takes away from a bent value is taken
/// away from the true one, with no edge at the border and no noise left beyond it.
struct GamutGuard {
  float low = 0.0F;
  float high = 1.0F;
  float knee = 0.25F;

  /// in and out may be the same. Vectorised.
  void bend(const float* in, float* out, std::size_t count) const;

  /// out = unbend(bend(in) - residual), computed as in - correction so that residual 0 gives `in`
  /// bit for bit. in and out may be the same.
  void subtract(const float* in, const float* residual, float* out, std::size_t count) const;
};

}  // namespace latent::rgb
