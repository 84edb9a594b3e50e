// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/rounding_steps.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace latent::infer {
namespace {

TEST(RoundedWeights, FourOfTwoChannelsByHand) {
  // Multiples of 0.01 and of 2, up to 127 of them: both grids hold them all.
  const std::array<float, 4> weights{1.27F, -0.64F, 254.0F, 6.0F};
  const RoundedWeights rounded = rounded_weights(weights, 2);
  ASSERT_EQ(rounded.scales.size(), 2U);
  EXPECT_NEAR(rounded.scales[0], 0.01, 1e-6);
  EXPECT_NEAR(rounded.scales[1], 2.0, 1e-5);
  EXPECT_EQ(rounded.values, (std::vector<std::int8_t>{127, -64, 127, 3}));
}

TEST(RoundedWeights, AChannelOfZerosIsZero) {
  const std::array<float, 2> weights{0.0F, 0.0F};
  const RoundedWeights rounded = rounded_weights(weights, 1);
  EXPECT_GT(rounded.scales[0], 0.0F);
  EXPECT_EQ(rounded.values, (std::vector<std::int8_t>{0, 0}));
}

TEST(RoundedWeights, NumbersBelowFloat32MakeNoNaN) {
  const std::array<float, 2> weights{1e-44F, -1e-44F};
  for (const float scale : rounded_weights(weights, 1).scales) {
    EXPECT_TRUE(std::isnormal(scale));
  }
}

TEST(ActivationRange, TellsSignsFromNone) {
  ActivationRange range;
  EXPECT_FLOAT_EQ(range.steps().scale, 1.0F);  // nothing was seen
  range.add(std::array{0.0F, 1.0F});
  EXPECT_FALSE(range.steps().has_signs);
  range.add(std::array{-0.5F});
  EXPECT_TRUE(range.steps().has_signs);
}

TEST(ActivationRange, EvenSamplesTakeTheWholeRange) {
  std::vector<float> samples(100'000);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(i) / static_cast<float>(samples.size() - 1);
  }
  ActivationRange range;
  range.add(samples);
  EXPECT_NEAR(range.steps().scale, 1.0 / 255, 0.02 / 255);
}

TEST(ActivationRange, AFewOutliersAreClippedBecauseThatCostsLess) {
  std::mt19937 random(4);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  std::vector<float> samples(200'000);
  for (float& sample : samples) sample = normal(random);
  samples[7] = 20.0F;
  ActivationRange range;
  range.add(samples);
  const double end = 127 * double{range.steps().scale};
  EXPECT_LT(end, 10.0);
  EXPECT_GT(end, 3.0);
}

TEST(ActivationRange, WhatComesInPiecesGivesTheSameAsTheWhole) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  std::vector<float> samples(100'000);
  for (float& sample : samples) sample = std::abs(normal(random));
  ActivationRange whole;
  whole.add(samples);
  ActivationRange pieces;  // of which later ones are larger, so that its bins are widened
  const std::span<const float> all(samples);
  for (std::size_t i = 0; i < samples.size(); i += 1000) pieces.add(all.subspan(i, 1000));
  EXPECT_NEAR(pieces.steps().scale, whole.steps().scale, 0.03 * double{whole.steps().scale});
}

TEST(ActivationRange, KnowsThatANumberWasNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    ActivationRange range;
    range.add(std::array{0.5F, bad});
    EXPECT_TRUE(range.is_broken());
  }
}

}  // namespace
}  // namespace latent::infer
