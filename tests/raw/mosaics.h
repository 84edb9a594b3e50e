// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "image/mosaic.h"
#include "models/manifest/manifest.h"

namespace latent::raw {

inline const std::string kBayerLetters = "RGGB";
inline const std::string kXTransLetters = "GRGGBGBGBRGRGRGGBGGBGGRGRGRBGBGBGGRG";

/// The range of a network as its manifest might give it.
inline constexpr models::EncodingLimits kTestLimits{0.0015, 0.2, 10.0};

inline CfaPattern pattern_of(const std::string& letters, Point shift = {}) {
  if (letters.empty()) return {};
  std::vector<CfaColour> colours;
  for (const char letter : letters) {
    colours.push_back(letter == 'R'   ? CfaColour::Red
                      : letter == 'B' ? CfaColour::Blue
                                      : CfaColour::Green);
  }
  const int side = letters.size() == 4 ? 2 : 6;
  return CfaPattern::create({side, side}, colours)->shifted(shift);
}

struct MosaicRecipe {
  std::string letters = kBayerLetters;  ///< empty: mono
  Point phase;
  Size size{70, 52};
  Rect active{3, 1, 64, 48};
  int bits = 14;
  std::vector<float> black{512.0F};  ///< one value, or four for a 2x2 pattern
  float white = 15000.0F;
};

/// Random counts over the whole range that the bits allow.
inline Mosaic random_mosaic(const MosaicRecipe& recipe, unsigned seed = 1) {
  Mosaic mosaic;
  mosaic.samples = *Image<std::uint16_t>::create(recipe.size);
  mosaic.active = recipe.active;
  mosaic.crop = recipe.active;
  mosaic.cfa = pattern_of(recipe.letters, recipe.phase);
  mosaic.sensor = recipe.letters.empty()       ? SensorClass::Mono
                  : recipe.letters.size() == 4 ? SensorClass::Bayer
                                               : SensorClass::XTrans;
  mosaic.bits_per_sample = recipe.bits;
  mosaic.levels.black.counts = recipe.black;
  if (recipe.black.size() == 4) mosaic.levels.black.period = {2, 2};
  mosaic.levels.white = {recipe.white, recipe.white, recipe.white, recipe.white};
  mosaic.camera.as_shot_wb = {2.0, 1.0, 1.6};
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> counts(0, (1 << recipe.bits) - 1);
  for (int y = 0; y < recipe.size.height; ++y) {
    for (auto& sample : mosaic.samples.view().row(y)) {
      sample = static_cast<std::uint16_t>(counts(random));
    }
  }
  mosaic.sample_max = static_cast<std::uint16_t>((1 << recipe.bits) - 1);
  return mosaic;
}

inline NoiseModel noise_of(double a, double b) {
  NoiseModel noise;
  noise.a = {a, a, a};
  noise.b = {b, b, b};
  return noise;
}

}  // namespace latent::raw
