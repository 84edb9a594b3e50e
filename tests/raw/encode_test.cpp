// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mosaics.h"

namespace latent::raw {
namespace {

TEST(Encoder, AgreesWithAHandWorkedSite) {
  MosaicRecipe recipe;
  recipe.active = {0, 0, 64, 48};
  recipe.black = {100.0F};
  recipe.white = 1100.0F;
  const auto encoder = Encoder::create(random_mosaic(recipe), noise_of(0.01, 0.0004), kTestLimits);
  ASSERT_TRUE(encoder) << encoder.error().sentence;
  // Red: w = 2, A = 0.02, B = 4 * 0.0004 = 0.0016, B / A = 0.08, 3/8 A = 0.0075.
  const SiteCode& red = encoder->at(0, 0);
  EXPECT_NEAR(red.scale * 600.0F + red.shift, 1.0 + 0.0875, 1e-5);  // x = 0.5, x' = 1
  EXPECT_NEAR(red.sigma_u, std::sqrt(0.02) / 2.0, 1e-6);
  EXPECT_NEAR((1.0 + 0.0875) * red.back_scale + red.back_shift, 600.0, 1e-2);
  EXPECT_EQ(red.colour, 0);
  // Green: w = 1, A = 0.01, B / A = 0.04, 3/8 A = 0.00375.
  const SiteCode& green = encoder->at(1, 0);
  EXPECT_NEAR(green.scale * 600.0F + green.shift, 0.5 + 0.04375, 1e-5);
  EXPECT_NEAR(green.sigma_u, 0.05, 1e-6);
  EXPECT_EQ(encoder->at(1, 1).colour, 2);
}

TEST(Encoder, NoiseInUHasTheSameSigmaAtEveryBrightness) {
  const auto encoder = Encoder::create(random_mosaic({}), noise_of(0.002, 1e-5), kTestLimits);
  ASSERT_TRUE(encoder);
  const SiteCode& site = encoder->at(0, 0);
  const double range = 15000.0 - 512.0;
  for (const double x : {0.05, 0.2, 0.5, 0.9}) {
    const double sigma_counts = std::sqrt(0.002 * x + 1e-5) * range;
    const double count = 512.0 + x * range;
    const double slope = site.scale / (2.0 * std::sqrt(count * site.scale + site.shift));
    EXPECT_NEAR(slope * sigma_counts, site.sigma_u, 0.02 * site.sigma_u) << x;
  }
}

TEST(Encoder, NonsenseFromAnEstimatorEndsAtTheFloors) {
  const auto none = Encoder::create(random_mosaic({}), noise_of(0.0, 0.0), kTestLimits);
  ASSERT_TRUE(none);
  EXPECT_FLOAT_EQ(none->at(0, 0).sigma_u, 0.0015F);
  const auto negative = Encoder::create(random_mosaic({}), noise_of(-1.0, -1.0), kTestLimits);
  ASSERT_TRUE(negative);
  EXPECT_FLOAT_EQ(negative->at(0, 0).sigma_u, 0.0015F);
  const auto wild = Encoder::create(random_mosaic({}), noise_of(9.0, 9e9), kTestLimits);
  ASSERT_TRUE(wild);
  EXPECT_FLOAT_EQ(wild->at(0, 0).sigma_u, 0.2F);
  const SiteCode& site = wild->at(0, 0);
  EXPECT_LE(512.0F * site.scale + site.shift, 10.0F + 0.375F * 4 * 0.04F + 1e-3F);  // x = 0
}

TEST(Encoder, TheCodeOfASiteFollowsTheActiveAreaAndThePerSiteBlack) {
  MosaicRecipe recipe;
  recipe.black = {100.0F, 200.0F, 300.0F, 400.0F};
  const Mosaic mosaic = random_mosaic(recipe);
  const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
  ASSERT_TRUE(encoder);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) {
      const int bx = x + mosaic.active.x;
      const int by = y + mosaic.active.y;
      EXPECT_EQ(encoder->at(x, y).colour, rgb_index(mosaic.cfa.at(bx, by)));
      const double range = 15000.0 - mosaic.levels.black.at(bx, by);
      const double w = mosaic.camera.as_shot_wb[static_cast<std::size_t>(encoder->at(x, y).colour)];
      EXPECT_NEAR(encoder->at(x, y).scale, w / range, 1e-8);
    }
  }
}

TEST(Encoder, RefusesLevelsAndBalancesThatCannotBe) {
  Mosaic dark = random_mosaic({});
  dark.levels.white.fill(512.0F);
  EXPECT_EQ(Encoder::create(dark, noise_of(0.001, 0), kTestLimits).error().code,
            ErrorCode::Corrupt);
  Mosaic tinted = random_mosaic({});
  tinted.camera.as_shot_wb = {0.0, 1.0, 1.0};
  EXPECT_FALSE(Encoder::create(tinted, noise_of(0.001, 0), kTestLimits));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(Encoder::create(random_mosaic({}), noise_of(nan, 0), kTestLimits));
}

TEST(Encoder, ScaledMultipliesSigma) {
  const NoiseModel twice = scaled(noise_of(0.01, 0.002), 2.0);
  EXPECT_DOUBLE_EQ(twice.a[1], 0.04);
  EXPECT_DOUBLE_EQ(twice.b[2], 0.008);
}

}  // namespace
}  // namespace latent::raw
