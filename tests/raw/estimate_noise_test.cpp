// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/estimate_noise.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "noise_scenes.h"

namespace latent::raw {
namespace {

constexpr Size kSize{480, 384};

MosaicRecipe recipe_of(const std::string& letters) {
  MosaicRecipe recipe;
  recipe.letters = letters;
  recipe.size = kSize;
  recipe.active = {0, 0, kSize.width, kSize.height};
  recipe.black = {1024.0F};
  recipe.white = 16383.0F;
  return recipe;
}

NoiseEstimate estimate_of(const Mosaic& mosaic, int threads = 1) {
  const auto estimate = estimate_noise(mosaic, threads);
  EXPECT_TRUE(estimate) << estimate.error().sentence;
  return *estimate;
}

/// The largest share by which the estimated sigma is off where the picture has light.
double worst_error(const NoiseModel& found, double a, double b, const Scene& scene) {
  double worst = 0;
  for (double x = scene.darkest; x <= scene.brightest; x *= 1.2) {
    const double sigma = std::sqrt(found.a[1] * x + found.b[1]);
    worst = std::max(worst, std::abs(sigma / std::sqrt(a * x + b) - 1.0));
  }
  return worst;
}

// sigma_u of green 0.002 to 0.06 (ISO 100 to beyond 25600 of a full frame), 3 electrons of read
// noise; each pattern meets each scene and each level once (bench/raw does all together). The
// tolerance is the one that was promised.
TEST(EstimateNoise, IsWithinTenPercentOnCleanScenesFromLowToHighIso) {
  const std::array patterns{kBayerLetters, kXTransLetters, std::string()};
  const std::array scenes{gradient(kSize), patches(), texture(kSize)};
  constexpr std::array kSigmas{0.002, 0.01, 0.06};
  for (std::size_t p = 0; p < patterns.size(); ++p) {
    for (std::size_t s = 0; s < scenes.size(); ++s) {
      const double sigma_u = kSigmas[(p + s) % kSigmas.size()];
      const double a = 4 * sigma_u * sigma_u;
      const double b = 9 * a * a;
      const NoiseEstimate estimate =
          estimate_of(photograph({recipe_of(patterns[p]), a, b}, scenes[s]));
      EXPECT_LT(worst_error(estimate.model, a, b, scenes[s]), 0.10)
          << patterns[p] << " scene " << s << " sigma_u " << sigma_u << " a " << estimate.model.a[1]
          << " b " << estimate.model.b[1];
      EXPECT_GT(estimate.blocks_used, 100);
    }
  }
}

TEST(EstimateNoise, HotSitesAndBrighterRowsDoNotCount) {
  Mosaic mosaic = photograph({recipe_of(kBayerLetters), 1e-3, 1e-6}, gradient(kSize));
  std::mt19937 random(3);
  for (int k = 0; k < 150; ++k) {
    mosaic.samples.view().at(static_cast<int>(random() % 480U), static_cast<int>(random() % 384U)) =
        16383;
  }
  for (int y = 0; y < kSize.height; ++y) {
    const auto lift = static_cast<std::uint16_t>(random() % 12U);  // 0.02 % rms of white
    for (auto& sample : mosaic.samples.view().row(y)) {
      sample = static_cast<std::uint16_t>(std::min(16383, sample + lift));
    }
  }
  EXPECT_LT(worst_error(estimate_of(mosaic).model, 1e-3, 1e-6, gradient(kSize)), 0.10);
}

TEST(EstimateNoise, SurvivesSensorsThatCutAtBlackAndPicturesThatAreBlown) {
  NoisyRecipe recipe{recipe_of(kBayerLetters), 3e-3, 4e-5};
  const auto scene = gradient(kSize);
  Mosaic cut = photograph(recipe, scene);
  for (int y = 0; y < kSize.height; ++y) {
    for (auto& sample : cut.samples.view().row(y)) sample = std::max<std::uint16_t>(sample, 1024);
  }
  EXPECT_LT(worst_error(estimate_of(cut).model, recipe.a, recipe.b, scene), 0.10);

  const Mosaic blown = photograph(recipe, {[&](int x, int y) { return 3.0 * scene.light(x, y); }});
  EXPECT_LT(worst_error(estimate_of(blown).model, recipe.a, recipe.b, scene), 0.10);
}

TEST(EstimateNoise, FollowsBlackLevelsBySiteAndDifferentDepths) {
  for (const int bits : {10, 16}) {
    NoisyRecipe recipe{recipe_of(kBayerLetters), 1e-3, 1e-5};
    recipe.mosaic.bits = bits;
    const auto unit = static_cast<float>(1 << (bits - 10));
    recipe.mosaic.black = {64 * unit, 70 * unit, 60 * unit, 66 * unit};
    recipe.mosaic.white = 1000 * unit;
    const Scene scene = patches();
    const Mosaic mosaic = photograph(recipe, scene);
    EXPECT_LT(worst_error(estimate_of(mosaic).model, recipe.a, recipe.b, scene), 0.10) << bits;
  }
}

TEST(EstimateNoise, OnlySeesTheActiveArea) {
  MosaicRecipe recipe = recipe_of(kXTransLetters);
  recipe.active = {7, 5, 450, 373};
  Mosaic mosaic = photograph({recipe, 1e-3, 1e-6}, gradient(kSize));
  const NoiseModel before = estimate_of(mosaic).model;
  std::mt19937 random(5);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const bool inside = recipe.active.contains({x, y, 1, 1});
      if (!inside) mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(random() % 16384U);
    }
  }
  EXPECT_EQ(estimate_of(mosaic).model.a, before.a);
  EXPECT_EQ(estimate_of(mosaic).model.b, before.b);
  EXPECT_LT(worst_error(before, 1e-3, 1e-6, gradient(kSize)), 0.10);
}

TEST(EstimateNoise, DoesNotDependOnTheNumberOfThreads) {
  const Mosaic mosaic = photograph({recipe_of(kBayerLetters), 1e-3, 1e-6}, patches());
  const NoiseEstimate one = estimate_of(mosaic, 1);
  const NoiseEstimate three = estimate_of(mosaic, 3);
  EXPECT_EQ(one.model.a, three.model.a);
  EXPECT_EQ(one.model.b, three.model.b);
  EXPECT_EQ(one.blocks_used, three.blocks_used);
}

TEST(EstimateNoise, GivesTheFloorWhereThereIsNothingToMeasure) {
  const double rounding = 1.0 / (12.0 * (16383.0 - 1024.0) * (16383.0 - 1024.0));
  for (const int count : {0, 1024, 8000, 16383}) {
    Mosaic mosaic = random_mosaic(recipe_of(kBayerLetters));
    for (int y = 0; y < kSize.height; ++y) {
      std::ranges::fill(mosaic.samples.view().row(y), static_cast<std::uint16_t>(count));
    }
    const NoiseEstimate estimate = estimate_of(mosaic);
    EXPECT_DOUBLE_EQ(estimate.model.a[0], 1e-7);
    EXPECT_DOUBLE_EQ(estimate.model.b[0], rounding);
    EXPECT_EQ(estimate.blocks_used, 0);
    EXPECT_EQ(estimate.confidence, 0.0);
  }
}

TEST(EstimateNoise, SaysWhetherTheFrameShowsThatItHasNone) {
  Mosaic mosaic = random_mosaic(recipe_of(kBayerLetters));
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(2000 + 8 * (x + y));
    }
  }
  EXPECT_GT(estimate_of(mosaic).blocks_without_noise, 100);
  for (int y = 0; y < kSize.height; ++y) {
    std::ranges::fill(mosaic.samples.view().row(y), std::uint16_t{16383});
  }
  EXPECT_EQ(estimate_of(mosaic).blocks_without_noise, 0);
}

TEST(EstimateNoise, FramesSmallerThanABlockGiveTheFloor) {
  for (const Size size : {Size{1, 1}, Size{7, 300}, Size{300, 7}}) {
    MosaicRecipe recipe = recipe_of(kXTransLetters);
    recipe.size = size;
    recipe.active = {0, 0, size.width, size.height};
    const NoiseEstimate estimate = estimate_of(random_mosaic(recipe));
    EXPECT_EQ(estimate.blocks_used, 0);
    EXPECT_GT(estimate.model.a[0], 0.0);
  }
}

TEST(EstimateNoise, IsFiniteAndAboveItsFloorOnRandomCountsOfAnySize) {
  for (const std::string& letters : {kBayerLetters, kXTransLetters, std::string()}) {
    for (const int side : {8, 9, 12, 17, 40, 97}) {
      MosaicRecipe recipe = recipe_of(letters);
      recipe.size = {side, side + 3};
      recipe.active = {0, 0, side, side + 3};
      const NoiseModel found = estimate_of(random_mosaic(recipe)).model;
      EXPECT_TRUE(std::isfinite(found.a[0]) && std::isfinite(found.b[0]));
      EXPECT_GE(found.a[0], 1e-7);
      EXPECT_GT(found.b[0], 0.0);
    }
  }
}

TEST(EstimateNoise, RefusesAWhiteLevelThatIsNotAboveBlack) {
  for (const float white : {1024.0F, 3.0F, std::numeric_limits<float>::quiet_NaN()}) {
    Mosaic mosaic = random_mosaic(recipe_of(kBayerLetters));
    mosaic.levels.white[2] = white;
    const auto estimate = estimate_noise(mosaic);
    ASSERT_FALSE(estimate);
    EXPECT_EQ(estimate.error().code, ErrorCode::Corrupt);
  }
}

}  // namespace
}  // namespace latent::raw
