// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/spots.h"

#include <gtest/gtest.h>

#include <algorithm>
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

/// Blobs, dark and bright, of about one size: leaves, stones, bark.
void put_leaves(Image<float>& light, int from_x) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> place(0, 1);
  for (int i = 0; i < 2500; ++i) {
    const double cx = from_x + 20 + place(random) * (light.width() - from_x - 20);
    const double cy = place(random) * light.height();
    const double radius = 5 + 6 * place(random);
    const double depth = 0.12 * (place(random) - 0.5);
    for (int y = 0; y < light.height(); ++y) {
      for (int x = std::max(from_x, int(cx - 30)); x < std::min(light.width(), int(cx + 30)); ++x) {
        const double away = std::hypot(x - cx, y - cy) / radius;
        light.view().at(x, y) -= static_cast<float>(depth * std::exp(-away * away));
      }
    }
  }
}

TEST(Spots, AmongLeavesAreFewAndThoseOnTheSkyBesideThemStay) {
  auto light = sky();
  put_leaves(light, 200);
  darken(light, 90, 200, 8, 0.05);
  const auto count = [&](double stands_out) {
    SpotSettings settings;
    settings.stands_out = stands_out;
    const auto spots = find_spots(light.view(), settings, {}).value();
    int on_sky = 0;
    for (const Spot& spot : spots) on_sky += std::hypot(spot.x - 90, spot.y - 200) < 3 ? 1 : 0;
    EXPECT_EQ(on_sky, 1) << stands_out;
    return static_cast<int>(spots.size()) - on_sky;
  };
  const int all = count(0);
  const int usual = count(SpotSettings{}.stands_out);
  EXPECT_LT(2 * usual, all) << usual << " of " << all;
}

}  // namespace
}  // namespace latent::fill
