// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/exact_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace latent::tasks {
namespace {

ExactFloats counts(double scale, double offset) {
  ExactFloats floats;
  floats.scale = scale;
  floats.offset = offset;
  return floats;
}

TEST(ExactRows, ASampleChangesByWhatItsCountDoes) {
  const ExactFloats floats = counts(32000, 1000);
  // 0.25 is the count 9000.
  EXPECT_EQ(changed_by_count(0.25F, 9000, floats), 0.25F);
  EXPECT_FLOAT_EQ(changed_by_count(0.25F, 9320, floats), 0.26F);
  EXPECT_FLOAT_EQ(changed_by_count(-0.01F, 680, floats), -0.01F);
}

TEST(ExactRows, TheRoundingToCountsDoesNotReachTheFile) {
  const ExactFloats floats = counts(32000, 0);
  const float fine = 0.25F + 1e-5F;  // a third of a count more than 8000
  EXPECT_EQ(changed_by_count(fine, 8000, floats), fine);
}

TEST(ExactRows, LightBeyondTheCountsStaysWhereTheCountDoes) {
  const ExactFloats floats = counts(16384, 0);
  EXPECT_EQ(changed_by_count(50, 65535, floats), 50);
  EXPECT_NEAR(changed_by_count(50, 65000, floats), 50 - 535 / 16384.0, 1e-4);
}

TEST(ExactRows, ARepairedSiteBeyondTheCountsTakesTheValueOfItsCount) {
  const ExactFloats floats = counts(16384, 0);
  EXPECT_FLOAT_EQ(changed_by_count(50, 4096, floats), 0.25F);
}

TEST(ExactRows, WhatIsNoNumberStays) {
  const ExactFloats floats = counts(16384, 0);
  EXPECT_TRUE(std::isnan(changed_by_count(std::numeric_limits<float>::quiet_NaN(), 9, floats)));
  EXPECT_EQ(changed_by_count(std::numeric_limits<float>::infinity(), 9, floats),
            std::numeric_limits<float>::infinity());
}

TEST(ExactRows, OfOneColourOfThreeLeaveTheOthers) {
  const ExactFloats floats = counts(1000, 0);
  std::vector<float> pixels{0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F};
  const std::vector<float> clean{300, 600};
  change_by_counts(clean, floats, 3, pixels.data() + 1, pixels.data() + 1);
  EXPECT_FLOAT_EQ(pixels[1], 0.3F);
  EXPECT_FLOAT_EQ(pixels[4], 0.6F);
  EXPECT_FLOAT_EQ(pixels[0], 0.1F);
  EXPECT_FLOAT_EQ(pixels[5], 0.6F);
}

}  // namespace
}  // namespace latent::tasks
