// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "mosaics.h"

namespace latent::raw {

/// Light (x of a green site) of a noise-free scene at (x, y), in 0..1; and between which x there is
/// enough of it to say something.
struct Scene {
  std::function<double(int x, int y)> light;
  double darkest = 0.02;
  double brightest = 0.8;
};

/// A smooth gradient over the frame.
inline Scene gradient(Size size) {
  return {[size](int x, int y) {
    return 0.004 + 0.9 * std::pow((x + 0.3 * y) / (size.width + 0.3 * size.height), 2.0);
  }};
}

/// Flat squares of 48 px with sharp edges.
inline Scene patches() {
  return {[](int x, int y) {
    const unsigned tile =
        static_cast<unsigned>(x / 48) * 7919U + static_cast<unsigned>(y / 48) * 104729U;
    return 0.003 + 0.9 * std::pow(static_cast<double>(tile % 101U) / 100.0, 2.2);
  }};
}

/// Waves of every frequency up to two sites over half of the frame, gentle hills over the other.
inline Scene texture(Size size) {
  const auto light = [size](int x, int y) {
    const double hills = 0.2 + 0.15 * std::sin(x * 0.012) * std::cos(y * 0.017);
    if (y < size.height / 2) return hills;
    const double chirp = 3.14159 * x * x / (2.0 * size.width);
    return hills * (1.0 + 0.5 * std::sin(chirp) * std::sin(y * 0.9));
  };
  return {light, 0.06, 0.4};
}

struct NoisyRecipe {
  MosaicRecipe mosaic;
  double a = 1e-3;
  double b = 1e-6;
  unsigned seed = 1;
};

/// Photons counted where `expected` are; many of them as a normal number, which is faster.
inline double shot(double expected, std::mt19937& random) {
  if (expected < 50.0) return std::poisson_distribution<int>(expected)(random);
  return std::normal_distribution<double>(expected, std::sqrt(expected))(random);
}

/// Photographs `scene` with Poisson shot noise and normal read noise. Red and blue sites see 1 / 2
/// and 1 / 1.6 of the light.
inline Mosaic photograph(const NoisyRecipe& recipe, const Scene& scene) {
  Mosaic mosaic = random_mosaic(recipe.mosaic);
  std::mt19937 random(recipe.seed);
  std::normal_distribution<double> normal;
  const double largest = (1 << recipe.mosaic.bits) - 1;
  for (int y = 0; y < recipe.mosaic.size.height; ++y) {
    for (int x = 0; x < recipe.mosaic.size.width; ++x) {
      const int colour = rgb_index(mosaic.cfa.at(x, y));
      const double light = scene.light(x, y) / (colour == 0 ? 2.0 : colour == 2 ? 1.6 : 1.0);
      const double seen =
          shot(light / recipe.a, random) * recipe.a + normal(random) * std::sqrt(recipe.b);
      const double black = static_cast<double>(mosaic.levels.black.at(x, y));
      const double range = static_cast<double>(recipe.mosaic.white) - black;
      const double counts = std::round(std::min(seen, 1.0) * range + black);
      mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(std::clamp(counts, 0.0, largest));
    }
  }
  return mosaic;
}

}  // namespace latent::raw
