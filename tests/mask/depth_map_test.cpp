// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/depth_map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

namespace latent::mask {
namespace {

Image<float> ramp(float first, float step) {
  auto values = Image<float>::create({40, 30}).value();
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) values.view().at(x, y) = first + step * static_cast<float>(x);
  }
  return values;
}

TEST(DepthMap, IsTheSameSharesOfInverseAndOfMetricDepth) {
  const auto inverse = ramp(1, 0.1F);
  auto metric = inverse.clone().value();
  for (int y = 0; y < 30; ++y) {
    for (float& value : metric.view().row(y)) value = 1.0F / value;
  }
  const auto one = depth_shares(inverse.view(), DepthKind::Inverse, true).value();
  const auto other = depth_shares(std::as_const(metric).view(), DepthKind::Metric, true).value();
  EXPECT_FLOAT_EQ(one.shares.view().at(39, 3), 0.0F);
  EXPECT_FLOAT_EQ(one.shares.view().at(0, 3), 1.0F);
  for (int x = 0; x < 40; ++x) {
    EXPECT_NEAR(one.shares.view().at(x, 9), other.shares.view().at(x, 9), 1e-5);
  }
  EXPECT_NEAR(one.nearest, 4.9, 1e-5);
  EXPECT_NEAR(other.nearest, 1 / 4.9, 1e-5);
}

TEST(DepthMap, TakesSkyForTheFarthest) {
  auto metric = ramp(1, 0.1F);
  metric.view().at(5, 5) = std::numeric_limits<float>::infinity();
  metric.view().at(6, 5) = 0;
  const auto shares = depth_shares(std::as_const(metric).view(), DepthKind::Metric, false).value();
  EXPECT_FLOAT_EQ(shares.shares.view().at(5, 5), 1.0F);
  EXPECT_FLOAT_EQ(shares.shares.view().at(6, 5), 1.0F);
  EXPECT_LT(shares.shares.view().at(0, 5), 0.05F);
}

TEST(DepthMap, RefusesWhatIsNoDepth) {
  const auto flat = ramp(2, 0);
  EXPECT_FALSE(depth_shares(flat.view(), DepthKind::Inverse, false));
  auto broken = ramp(1, 0.1F);
  broken.view().at(3, 3) = std::nanf("");
  const auto refused = depth_shares(std::as_const(broken).view(), DepthKind::Metric, false);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().sentence.find("no numbers"), std::string::npos);
}

TEST(DepthMap, MovesAnEdgeToThatOfThePicture) {
  // The picture steps at 163 of 320; the small map has a ramp of five of its 40 pixels there.
  constexpr Size kPicture{320, 160};
  auto small = Image<float>::create({40, 20}).value();
  auto guide = Image<float>::create({40, 20}, 3).value();
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 40; ++x) {
      const float at = (static_cast<float>(x) - 18) / 5.0F;
      small.view().at(x, y) = 0.2F + 0.6F * std::min(1.0F, std::max(0.0F, at));
      for (int c = 0; c < 3; ++c) {
        guide.view().at(x, y, c) = x < 20 ? 0.8F : x > 20 ? 0.3F : 0.49F;
      }
    }
  }
  const auto read = [](const Rect& area, ImageView<float> out) {
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        for (int c = 0; c < 3; ++c) out.at(x, y, c) = area.x + x < 163 ? 0.8F : 0.3F;
      }
    }
  };
  const auto large =
      enlarge_depth(std::as_const(small).view(), guide.view(), kPicture, read, true, 2).value();
  for (int y = 20; y < 140; ++y) {
    EXPECT_LT(large.view().at(161, y), 0.3F) << y;
    EXPECT_GT(large.view().at(165, y), 0.7F) << y;
  }
  const auto smooth =
      enlarge_depth(std::as_const(small).view(), guide.view(), kPicture, read, false, 1).value();
  EXPECT_NEAR(smooth.view().at(166, 80), 0.5F, 0.1F);
}

TEST(DepthMap, MasksARangeWithRampsOutside) {
  auto depth = Image<float>::create({101, 1}).value();
  for (int x = 0; x <= 100; ++x) depth.view().at(x, 0) = static_cast<float>(x) / 100.0F;
  mask_by_depth(depth.view(), 0.3F, 0.5F, 0.1F, false);
  EXPECT_FLOAT_EQ(depth.view().at(30, 0), 1.0F);
  EXPECT_FLOAT_EQ(depth.view().at(50, 0), 1.0F);
  EXPECT_NEAR(depth.view().at(25, 0), 0.5F, 1e-5);
  EXPECT_NEAR(depth.view().at(58, 0), 0.2F, 1e-5);
  EXPECT_FLOAT_EQ(depth.view().at(65, 0), 0.0F);
}

}  // namespace
}  // namespace latent::mask
