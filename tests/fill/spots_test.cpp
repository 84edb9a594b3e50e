// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/spots.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace latent::fill {
namespace {

/// Sky with grain and a gradient.
Image<float> sky() {
  auto light = Image<float>::create({500, 400}).value();
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, 0.004F);
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 500; ++x) {
      light.view().at(x, y) = 0.7F - 0.0003F * static_cast<float>(y) + noise(random);
    }
  }
  return light;
}

void darken(Image<float>& light, double cx, double cy, double radius, double depth) {
  for (int y = 0; y < light.height(); ++y) {
    for (int x = 0; x < light.width(); ++x) {
      const double away = std::hypot(x - cx, y - cy) / radius;
      light.view().at(x, y) -= static_cast<float>(depth * std::exp(-away * away));
    }
  }
}

TEST(Spots, FindsDustOnSky) {
  auto light = sky();
  darken(light, 120, 90, 9, 0.06);
  darken(light, 380, 300, 5, 0.05);
  darken(light, 300, 60, 16, 0.05);
  const auto spots = find_spots(light.view(), {}, {}).value();
  ASSERT_EQ(spots.size(), 3U);
  for (const auto& [x, y, radius] :
       {std::array{120.0, 90.0, 9.0}, {380.0, 300.0, 5.0}, {300.0, 60.0, 16.0}}) {
    bool found = false;
    for (const auto& spot : spots) {
      if (std::hypot(spot.x - x, spot.y - y) > 3) continue;
      found = true;
      EXPECT_GT(spot.radius, radius);
      EXPECT_LT(spot.radius, 3.5 * radius);
    }
    EXPECT_TRUE(found) << x;
  }
}

TEST(Spots, FindsNoneOnCleanSkyOrBesideAnEdge) {
  auto light = sky();
  EXPECT_TRUE(find_spots(light.view(), {}, {}).value().empty());
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 500; ++x) {
      if (x > 250 && x < 262) light.view().at(x, y) = 0.2F;  // a mast
      if (y > 300) light.view().at(x, y) -= 0.3F;            // ground
    }
  }
  EXPECT_TRUE(find_spots(light.view(), {}, {}).value().empty());
}

TEST(Spots, TakesNoEyeAndNoBirdForDust) {
  auto light = sky();
  darken(light, 120, 90, 9, 0.45);
  darken(light, 380, 300, 5, 0.5);
  darken(light, 300, 60, 16, 0.05);
  const auto spots = find_spots(light.view(), {}, {}).value();
  ASSERT_EQ(spots.size(), 1U);
  EXPECT_NEAR(spots[0].x, 300, 3);
}

}  // namespace
}  // namespace latent::fill
