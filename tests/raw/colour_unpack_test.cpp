// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/colour_unpack.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "mosaics.h"

namespace latent::raw {
namespace {

/// A mosaic of one light: x of each colour.
Mosaic flat(const MosaicRecipe& recipe, const std::array<float, 3>& x) {
  Mosaic mosaic = random_mosaic(recipe);
  const auto view = mosaic.samples.view();
  for (int y = 0; y < view.height(); ++y) {
    for (int at = 0; at < view.width(); ++at) {
      const CfaColour colour = mosaic.cfa.at(at, y);
      const float black = mosaic.levels.black.at(at, y);
      const float range = mosaic.levels.white[static_cast<std::size_t>(colour)] - black;
      const float count = black + x[static_cast<std::size_t>(rgb_index(colour))] * range;
      view.at(at, y) = static_cast<std::uint16_t>(std::lround(count));
    }
  }
  return mosaic;
}

/// All light of an area when the network takes `residual` off every colour.
std::vector<float> light_of(const Mosaic& mosaic, const std::array<float, 3>& residual) {
  const NoiseModel noise = noise_of(1e-4, 1e-8);
  const auto encoder = Encoder::create(mosaic, noise, kTestLimits, noise);
  EXPECT_TRUE(encoder) << encoder.error().sentence;
  const Size frame = mosaic.active.size();
  const Rect area{3, 2, frame.width - 7, frame.height - 5};
  const Rect seen = MeanKeeper::needed(area, frame);
  auto unpacker = ColourUnpacker::create(mosaic, *encoder, seen, area, noise);
  EXPECT_TRUE(unpacker) << unpacker.error().sentence;
  std::vector<float> row;
  for (int x = 0; x < seen.width; ++x) row.insert(row.end(), residual.begin(), residual.end());
  std::vector<float> light;
  int next = 0;
  for (int y = 0; y < seen.height; ++y) {
    unpacker->add(y, row);
    while (const auto done = unpacker->take()) {
      EXPECT_EQ(done->y, next++);
      light.insert(light.end(), done->light.begin(), done->light.end());
    }
  }
  EXPECT_EQ(next, area.height);
  return light;
}

TEST(ColourUnpacker, GivesTheLightOfAFlatMosaicInAllThreeColours) {
  for (const std::string& letters : {kBayerLetters, kXTransLetters}) {
    MosaicRecipe recipe;
    recipe.letters = letters;
    const std::array<float, 3> x{0.2F, 0.5F, 0.1F};
    const Mosaic mosaic = flat(recipe, x);
    const float step = kColourWhite / (mosaic.levels.white[1] - mosaic.levels.black.counts[0]);
    const std::vector<float> light = light_of(mosaic, {0, 0, 0});
    ASSERT_FALSE(light.empty());
    for (std::size_t i = 0; i < light.size(); ++i) {
      ASSERT_NEAR(light[i], x[i % 3] * kColourWhite, step) << i;
    }
  }
}

TEST(ColourUnpacker, BlackStaysAroundZeroAndWhiteIsWhite) {
  MosaicRecipe recipe;
  const std::vector<float> dark = light_of(flat(recipe, {0, 0, 0}), {0, 0, 0});
  for (const float each : dark) ASSERT_NEAR(each, 0.0F, 1e-3F * kColourWhite);
  const std::vector<float> bright = light_of(flat(recipe, {1, 1, 1}), {0, 0, 0});
  for (const float each : bright) ASSERT_NEAR(each, kColourWhite, 1e-3F * kColourWhite);
}

TEST(ColourUnpacker, BringsBackMostOfTheTintThatANetworkTakesAwayFromAFlatPlace) {
  MosaicRecipe recipe;
  recipe.size = {400, 400};
  recipe.active = {0, 0, 400, 400};
  const std::array<float, 3> x{0.3F, 0.4F, 0.2F};
  const Mosaic mosaic = flat(recipe, x);
  const std::vector<float> light = light_of(mosaic, {0.003F, 0.003F, -0.003F});
  for (std::size_t i = 0; i < light.size(); ++i) {
    ASSERT_NEAR(light[i], x[i % 3] * kColourWhite, 4e-4F * kColourWhite) << i;
  }
}

}  // namespace
}  // namespace latent::raw
