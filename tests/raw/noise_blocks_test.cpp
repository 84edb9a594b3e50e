// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/noise_blocks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "noise_scenes.h"

namespace latent::raw {
namespace {

MosaicRecipe recipe_of(const std::string& letters, Size size = {240, 200}) {
  MosaicRecipe recipe;
  recipe.letters = letters;
  recipe.size = size;
  recipe.active = {0, 0, size.width, size.height};
  recipe.black = {1000.0F};
  recipe.white = 11000.0F;
  return recipe;
}

Scene flat(double light) {
  return {[light](int, int) { return light; }};
}

NoiseBlocks measured(const Mosaic& mosaic, const BlockSampling& sampling = {}) {
  const auto blocks = measure_blocks(mosaic, sampling);
  EXPECT_TRUE(blocks) << blocks.error().sentence;
  return *blocks;
}

template <float NoiseBlock::*kField>
double mean_of(const NoiseBlocks& measured) {
  double sum = 0;
  for (const NoiseBlock& block : measured.blocks) sum += static_cast<double>(block.*kField);
  return sum / static_cast<double>(measured.blocks.size());
}

TEST(NoiseBlocks, EveryBandOfAFlatFieldHasTheVarianceOfItsNoise) {
  const double a = 1e-3;
  const double b = 1e-5;
  for (const std::string& letters : {kBayerLetters, kXTransLetters, std::string()}) {
    const NoiseBlocks blocks = measured(photograph({recipe_of(letters), a, b}, flat(0.4)));
    const double expected =
        a * mean_of<&NoiseBlock::light>(blocks) + b * mean_of<&NoiseBlock::weight>(blocks);
    EXPECT_NEAR(mean_of<&NoiseBlock::choice>(blocks) / expected, 1.0, 0.04) << letters;
    EXPECT_NEAR(mean_of<&NoiseBlock::low>(blocks) / expected, 1.0, 0.04) << letters;
    EXPECT_NEAR(mean_of<&NoiseBlock::middle>(blocks) / expected, 1.0, 0.04) << letters;
    EXPECT_NEAR(mean_of<&NoiseBlock::high>(blocks) / expected, 1.0, 0.04) << letters;
  }
}

TEST(NoiseBlocks, BlockMeansAreThoseOfTheColours) {
  const NoiseBlocks blocks = measured(photograph({recipe_of(kBayerLetters), 1e-7, 0}, flat(0.4)));
  const NoiseBlock& block = blocks.blocks.front();
  EXPECT_NEAR(block.darkest, 0.4 / 2.0, 1e-3);
  EXPECT_NEAR(block.brightest, 0.4, 1e-3);
  EXPECT_NEAR(block.mean, 0.25 * (0.2 + 0.25 + 0.8), 1e-3);
}

TEST(NoiseBlocks, ALargePictureIsSampledEvenlyAndASmallOneWhole) {
  BlockSampling sampling;
  sampling.at_most = 1000;
  const Mosaic large = random_mosaic(recipe_of("", {800, 640}));
  EXPECT_EQ(measured(large, sampling).blocks.size(), 1000U);
  EXPECT_EQ(measured(random_mosaic(recipe_of("", {24, 16})), sampling).blocks.size(), 15U);
  EXPECT_EQ(measured(random_mosaic(recipe_of("", {8, 8})), sampling).blocks.size(), 1U);
  EXPECT_TRUE(measured(random_mosaic(recipe_of("", {7, 99})), sampling).blocks.empty());
}

TEST(NoiseBlocks, FindsWhereSamplesAreCutOff) {
  Mosaic mosaic = photograph({recipe_of(""), 1e-3, 1e-3}, flat(0.05));
  EXPECT_LT(measured(mosaic).cut_below, 0.0F);
  for (int y = 0; y < mosaic.samples.height(); ++y) {
    for (auto& sample : mosaic.samples.view().row(y)) {
      sample = std::clamp<std::uint16_t>(sample, 1016, 2200);  // 0.0016 and 0.12
    }
  }
  const NoiseBlocks cut = measured(mosaic);
  EXPECT_NEAR(cut.cut_below, 0.0016, 1e-6);
  EXPECT_NEAR(cut.cut_above, 0.12, 1e-6);
}

TEST(NoiseBlocks, WithoutPilesOnlyWhiteCuts) {
  const NoiseBlocks blocks = measured(photograph({recipe_of(""), 1e-3, 1e-5}, flat(0.001)));
  EXPECT_EQ(blocks.cut_above, 1.0F);
  EXPECT_EQ(blocks.cut_below, -std::numeric_limits<float>::infinity());
}

TEST(NoiseBlocks, RefusesAWhiteLevelThatIsNotAboveBlack) {
  Mosaic mosaic = random_mosaic(recipe_of(kBayerLetters));
  mosaic.levels.white[0] = 1000.0F;
  const auto blocks = measure_blocks(mosaic, {});
  ASSERT_FALSE(blocks);
  EXPECT_EQ(blocks.error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace latent::raw
