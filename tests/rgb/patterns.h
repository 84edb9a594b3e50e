// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>

#include "image/image.h"

namespace latent::rgb {

/// An even number in [0, 1) of a place; make_golden.py has the same.
inline double hashed(std::uint32_t x, std::uint32_t y, std::uint32_t c, std::uint32_t k) {
  std::uint32_t h = x * 0x9E3779B1U + y * 0x85EBCA77U + c * 0xC2B2AE3DU + k * 0x27D4EB2FU;
  h = (h ^ (h >> 15U)) * 0x2C1B3C6DU;
  h = (h ^ (h >> 12U)) * 0x297A2D39U;
  return static_cast<double>(h ^ (h >> 15U)) / 4294967296.0;
}

/// Nearly Gaussian, standard deviation 1.
inline double hashed_normal(std::uint32_t x, std::uint32_t y, std::uint32_t c, std::uint32_t k) {
  double sum = 0;
  for (std::uint32_t j = 0; j < 6; ++j) sum += hashed(x, y, c, 6 * k + j);
  return (sum - 3.0) * std::sqrt(2.0);
}

template <class Value>
Image<float> picture_of(Size size, const Value& value, int channels = 3) {
  auto image = Image<float>::create(size, channels);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int c = 0; c < channels; ++c) {
        image->view().at(x, y, c) =
            static_cast<float>(value(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y),
                                     static_cast<std::uint32_t>(c)));
      }
    }
  }
  return *std::move(image);
}

/// Slopes with ripples on the right, and noise that grows with brightness.
inline double noisy_slope(std::uint32_t x, std::uint32_t y, std::uint32_t c) {
  const double slope = 0.1 + 0.0035 * x + 0.0005 * y * (1.0 + c);
  const double ripple = x > 150 ? 0.06 * std::sin(0.9 * x) * std::cos(0.7 * y) : 0.0;
  return slope + ripple + (0.01 + 0.04 * slope) * hashed_normal(x, y, c, 0);
}

inline double plain_noise(std::uint32_t x, std::uint32_t y, std::uint32_t c) {
  return hashed_normal(x, y, c, 1);
}

}  // namespace latent::rgb
