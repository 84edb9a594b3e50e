// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/gamut_guard.h"

#include <algorithm>
#include <cmath>

#include "base/simd.h"

namespace latent::rgb {

namespace {

constexpr std::size_t kRun = 128;       // samples that are looked at together
constexpr float kMostExponent = 60.0F;  // beyond, products with exp() would be infinite

/// Whether all samples lie inside, so that nothing needs to be bent.
LATENT_VECTORISED
bool all_inside(const float* samples, std::size_t count, float low, float high) {
  int outside = 0;
  for (std::size_t i = 0; i < count; ++i) {
    outside |= static_cast<int>(!(samples[i] >= low)) | static_cast<int>(!(samples[i] <= high));
  }
  return outside == 0;
}

/// Whether `samples` and samples - residual all lie inside.
LATENT_VECTORISED
bool both_inside(const float* samples, const float* residual, std::size_t count, float low,
                 float high) {
  int outside = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float after = samples[i] - residual[i];
    outside |= static_cast<int>(!(samples[i] >= low)) | static_cast<int>(!(samples[i] <= high)) |
               static_cast<int>(!(after >= low)) | static_cast<int>(!(after <= high));
  }
  return outside == 0;
}

/// A residual of 0, of either sign, leaves the very same bits.
LATENT_VECTORISED
void take_away(const float* in, const float* residual, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = residual[i] == 0.0F ? in[i] : in[i] - residual[i];
  }
}

float bent(const GamutGuard& guard, float v) {
  if (v > guard.high) return guard.high + guard.knee * std::log1p((v - guard.high) / guard.knee);
  if (v < guard.low) return guard.low - guard.knee * std::log1p((guard.low - v) / guard.knee);
  return v;
}

float unbent(const GamutGuard& guard, float w) {
  if (w > guard.high) {
    const float exponent = std::min((w - guard.high) / guard.knee, kMostExponent);
    return guard.high + guard.knee * std::expm1(exponent);
  }
  if (w < guard.low) {
    const float exponent = std::min((guard.low - w) / guard.knee, kMostExponent);
    return guard.low - guard.knee * std::expm1(exponent);
  }
  return w;
}

/// v - unbent(bent(v) - residual); where both lie beyond the same border that is
/// (knee + distance) * (1 - exp(-residual / knee)), which keeps the digits of a small residual.
float correction(const GamutGuard& guard, float v, float residual) {
  const float w = bent(guard, v) - residual;
  if (v > guard.high && w > guard.high) {
    const float exponent = std::clamp(-residual / guard.knee, -kMostExponent, kMostExponent);
    return -(guard.knee + (v - guard.high)) * std::expm1(exponent);
  }
  if (v < guard.low && w < guard.low) {
    const float exponent = std::clamp(residual / guard.knee, -kMostExponent, kMostExponent);
    return (guard.knee + (guard.low - v)) * std::expm1(exponent);
  }
  if (v <= guard.high && v >= guard.low && w <= guard.high && w >= guard.low) return residual;
  return v - unbent(guard, w);
}

}  // namespace

void GamutGuard::bend(const float* in, float* out, std::size_t count) const {
  for (std::size_t begin = 0; begin < count; begin += kRun) {
    const std::size_t run = std::min(kRun, count - begin);
    if (all_inside(in + begin, run, low, high)) {
      if (in != out) std::copy_n(in + begin, run, out + begin);
      continue;
    }
    for (std::size_t i = begin; i < begin + run; ++i) out[i] = bent(*this, in[i]);
  }
}

void GamutGuard::subtract(const float* in, const float* residual, float* out,
                          std::size_t count) const {
  for (std::size_t begin = 0; begin < count; begin += kRun) {
    const std::size_t run = std::min(kRun, count - begin);
    if (both_inside(in + begin, residual + begin, run, low, high)) {
      take_away(in + begin, residual + begin, out + begin, run);
      continue;
    }
    for (std::size_t i = begin; i < begin + run; ++i) {
      out[i] = residual[i] == 0.0F ? in[i] : in[i] - correction(*this, in[i], residual[i]);
    }
  }
}

}  // namespace latent::rgb
