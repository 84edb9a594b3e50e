// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/soften.h"

#include <gtest/gtest.h>

#include <cmath>

namespace latent::mask {
namespace {

SoftMask half_plane() {
  auto mask = SoftMask::create({200, 60}).value();
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 200; ++x) mask.view().at(x, y) = x < 100 ? 0.0F : 1.0F;
  }
  return mask;
}

TEST(Soften, MovesTheThresholdToTheMiddle) {
  auto mask = SoftMask::create({5, 1}).value();
  for (int x = 0; x < 5; ++x) mask.view().at(x, 0) = 0.25F * static_cast<float>(x);
  ASSERT_TRUE(set_threshold(mask.view(), 0.75));
  EXPECT_FLOAT_EQ(mask.view().at(0, 0), 0.0F);
  EXPECT_FLOAT_EQ(mask.view().at(3, 0), 0.5F);
  EXPECT_LT(mask.view().at(2, 0), 0.5F);
  EXPECT_FLOAT_EQ(mask.view().at(4, 0), 1.0F);
}

TEST(Soften, FeathersOverTheWidthThatWasAsked) {
  for (const double width : {10.0, 40.0, 80.0}) {
    auto mask = half_plane();
    ASSERT_TRUE(soften_edge(mask, width));
    int soft = 0;
    for (int x = 0; x < 200; ++x) {
      const float value = mask.view().at(x, 30);
      if (value > 0.03F && value < 0.97F) ++soft;
    }
    EXPECT_NEAR(soft, width, 0.2 * width + 2) << width;
    EXPECT_NEAR(mask.view().at(99, 30) + mask.view().at(100, 30), 1.0F, 0.02F);
  }
}

TEST(Soften, RoundsOffASpikeAndLeavesAStraightEdge) {
  auto mask = half_plane();
  for (int x = 60; x < 100; ++x) {
    for (int y = 28; y < 31; ++y) mask.view().at(x, y) = 1.0F;
  }
  ASSERT_TRUE(smooth_outline(mask, 8));
  EXPECT_LT(mask.view().at(80, 29), 0.1F);
  EXPECT_LT(mask.view().at(97, 5), 0.05F);
  EXPECT_GT(mask.view().at(103, 5), 0.95F);
}

TEST(Soften, ChangesNothingByItself) {
  auto mask = half_plane();
  ASSERT_TRUE(set_threshold(mask.view(), 0.5));
  ASSERT_TRUE(smooth_outline(mask, 0));
  ASSERT_TRUE(soften_edge(mask, 0));
  EXPECT_EQ(mask.view().at(99, 3), 0.0F);
  EXPECT_EQ(mask.view().at(100, 3), 1.0F);
}

}  // namespace
}  // namespace latent::mask
