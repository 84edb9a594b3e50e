// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace latent::colour {

/// Logarithm to the base 2 of a positive, normal number; error below 2e-7 absolute or relative,
/// whichever is larger. No branch and no call: loops around it become vector code.
[[nodiscard]] inline float log2_of(float x) {
  // x = m * 2^e with m from sqrt(1/2) to sqrt(2); log(m) = 2 artanh(s), s = (m - 1) / (m + 1).
  const std::int32_t bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits - 0x3F3504F3) >> 23;
  const float m = std::bit_cast<float>(bits - exponent * 0x00800000);
  const float s = (m - 1.0F) / (m + 1.0F);
  const float z = s * s;
  // 2 / ln(2) / (2k + 1)
  const float series = 0.32059890F * z + 0.41219859F;
  const float mantissa = s * (2.88539008F + z * (0.96179669F + z * (0.57707802F + z * series)));
  return static_cast<float>(exponent) + mantissa;
}

/// 2 to the power of y, bounded to 2^-126 .. 2^127.
[[nodiscard]] inline float exp2_of(float y) {
  const float above = y > -126.0F ? y : -126.0F;  // also where y is no number
  const float bounded = above > 127.0F ? 127.0F : above;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: what is added to it is rounded to whole
  const float shifted = bounded + kRound;
  const float whole = shifted - kRound;
  const float f = bounded - whole;
  // ln(2)^k / k!
  const float high = 1.3333558e-3F + f * (1.5403530e-4F + f * 1.5252734e-5F);
  const float value =
      1.0F +
      f * (0.69314718F + f * (0.24022651F + f * (0.055504109F + f * (9.6181291e-3F + f * high))));
  const std::int32_t exponent = static_cast<std::int32_t>(whole) + 127;
  return value * std::bit_cast<float>(exponent * 0x00800000);
}

/// x to the power of p; 0 for what is not positive, hardly so, or no number.
[[nodiscard]] inline float power_of(float x, float p) {
  const bool positive = x > 1e-37F;
  const float result = exp2_of(p * log2_of(positive ? x : 1.0F));
  return positive ? result : 0.0F;
}

}  // namespace latent::colour
