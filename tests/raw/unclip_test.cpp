// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/unclip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "mosaics.h"
#include "raw/unpack.h"

namespace latent::raw {
namespace {

constexpr double kBlack = 512;
constexpr double kWhite = 15000;
constexpr double kRange = kWhite - kBlack;

/// Mean count of samples of light x whose noise is cut at white, by drawing photons and read noise.
double clipped_mean(double x, double a, double b) {
  std::mt19937 random(7);
  std::poisson_distribution<int> photons(a > 0 ? x / a : 1.0);
  std::normal_distribution<double> read(0.0, std::sqrt(b));
  constexpr int kDraws = 1'000'000;
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double shot = a > 0 ? a * photons(random) : x;
    sum += std::min(1.0, shot + read(random));
  }
  return kBlack + kRange * sum / kDraws;
}

TEST(Unclip, LightIsFoundFromTheMeanOfClippedSamples) {
  for (const auto& [a, b] : {std::pair{0.0144, 0.002}, std::pair{0.0016, 1e-5}, {0.0, 1e-4}}) {
    const HighlightCurve curve(kBlack, kWhite, a, b);
    const double sigma = std::sqrt(a + b);
    for (const double below : {5.0, 3.0, 2.0, 1.0, 0.5, 0.0}) {
      const double x = 1.0 - below * sigma;
      const double mean = clipped_mean(x, a, b);
      const double light = curve.light(static_cast<float>(mean));
      EXPECT_NEAR((light - kBlack) / kRange, x, 0.003 * sigma) << "a " << a << ", below " << below;
    }
    EXPECT_LT(clipped_mean(1.0, a, b), kWhite - 0.35 * sigma * kRange);
  }
}

TEST(Unclip, WhatIsDarkOrAboveWhiteStaysAndLightRises) {
  const HighlightCurve curve(kBlack, kWhite, 0.01, 1e-4);
  for (const float mean : {-90.0F, 0.0F, 512.0F, 5000.0F, curve.begin()}) {
    EXPECT_EQ(curve.light(mean), mean);
  }
  EXPECT_EQ(curve.light(15000.0F), 15000.0F);
  EXPECT_EQ(curve.light(15700.0F), 15700.0F);
  float before = 0;
  for (float mean = 0; mean < 16000; mean += 3.7F) {
    const float light = curve.light(mean);
    EXPECT_GE(light, mean);
    EXPECT_GE(light, before);
    EXPECT_LT(light - before, 40.0F) << mean;
    before = light;
  }
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(curve.light(nan)));
}

TEST(Unclip, WithoutNoiseThereIsNothingToUndo) {
  for (const double b : {0.0, -1.0}) {
    const HighlightCurve curve(kBlack, kWhite, 0.0, b);
    for (float mean = 0; mean <= 15000; mean += 250) EXPECT_NEAR(curve.light(mean), mean, 0.1F);
  }
}

TEST(Unclip, NonsenseFromAnEstimatorKeepsDarkAndBrightApart) {
  const HighlightCurve curve(kBlack, kWhite, 9.0, 9e9);
  float before = -1;
  for (const double x : {0.05, 0.1, 0.2, 0.4, 0.6}) {
    const auto mean = static_cast<float>(kBlack + x * kRange);
    EXPECT_GE(curve.light(mean), mean);
    EXPECT_GT(curve.light(mean), before);
    EXPECT_LT(curve.light(mean), mean + 0.2F * static_cast<float>(kRange));
    before = curve.light(mean);
  }
}

/// Mean count of samples of light x whose noise is cut at `cut`.
double lifted_mean(double x, double cut, double a, double b) {
  std::mt19937 random(9);
  std::poisson_distribution<int> photons(std::max(1e-9, x / a));
  std::normal_distribution<double> read(0.0, std::sqrt(b));
  constexpr int kDraws = 100'000;
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += std::max(cut, a * photons(random) + read(random));
  return kBlack + kRange * sum / kDraws;
}

TEST(Unclip, LightInTheDarkIsFoundFromTheMeanOfClippedSamples) {
  for (const auto& [a, b] : {std::pair{0.0144, 0.0019}, std::pair{0.0016, 2.3e-5}, {1e-4, 1e-6}}) {
    for (const double cut : {0.0, 0.004}) {
      const ShadowCurve curve(kBlack, kWhite, kBlack + kRange * cut, a, b);
      const double sigma = std::sqrt(b);
      for (const double above : {0.0, 0.5, 1.0, 2.0, 4.0, 8.0}) {
        const double x = cut + above * sigma;
        const double mean = lifted_mean(x, cut, a, b);
        const double light = (curve.light(static_cast<float>(mean)) - kBlack) / kRange;
        EXPECT_NEAR(light, x, 0.04 * sigma) << "a " << a << ", above " << above;
      }
      EXPECT_GT(lifted_mean(cut, cut, a, b), kBlack + kRange * (cut + 0.35 * sigma));
    }
  }
}

TEST(Unclip, ShadowsRiseWithTheirMeansAndLightStays) {
  const ShadowCurve curve(kBlack, kWhite, kBlack, 0.01, 1e-3);
  EXPECT_EQ(curve.light(curve.end()), curve.end());
  EXPECT_EQ(curve.light(12000.0F), 12000.0F);
  float before = -10000;
  for (float mean = 512; mean < 6000; mean += 3.7F) {
    EXPECT_LE(curve.light(mean), mean + 0.01F);
    EXPECT_GT(curve.light(mean), before);
    before = curve.light(mean);
  }
  EXPECT_LT(curve.light(kBlack), kBlack);
}

TEST(Unclip, AnUnpackerUndoesItWhereTheEncoderSaysSo) {
  MosaicRecipe recipe;
  recipe.letters = kXTransLetters;
  recipe.white = 15000;
  Mosaic mosaic = random_mosaic(recipe);
  const NoiseModel noise = noise_of(0.01, 1e-4);
  const auto plain = Encoder::create(mosaic, noise, kTestLimits);
  const auto clipped = Encoder::create(mosaic, noise, kTestLimits, noise);
  ASSERT_TRUE(plain && clipped);
  EXPECT_EQ(plain->highlights(0, 0), nullptr);
  const int width = mosaic.active.width;
  const std::vector<float> residual(static_cast<std::size_t>(width), 0.01F);
  std::vector<float> means(residual.size());
  std::vector<float> light(residual.size());
  int lifted = 0;
  for (int y = 0; y < mosaic.active.height; ++y) {
    Unpacker(mosaic, *plain, 3, width - 3, 1.0).row(y, residual, means);
    Unpacker(mosaic, *clipped, 3, width - 3, 1.0).row(y, residual, light);
    for (int i = 0; i + 3 < width; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const bool saturated = mosaic.samples.view().crop(mosaic.active).at(i + 3, y) >= 15000;
      if (saturated) continue;
      EXPECT_EQ(light[at], clipped->highlights(i + 3, y)->light(means[at])) << i << ", " << y;
      if (light[at] > means[at] + 1) ++lifted;
    }
  }
  EXPECT_GT(lifted, 0);
}

}  // namespace
}  // namespace latent::raw
