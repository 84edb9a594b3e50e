// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/green_balance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "mosaics.h"
#include "raw/encode.h"
#include "raw/pack.h"
#include "raw/unpack.h"

namespace latent::raw {
namespace {

constexpr double kA = 4e-4;
constexpr double kB = 4e-6;
constexpr float kBlack = 512;
constexpr float kRange = 15000 - 512;

struct Leak {
  double green = 0;
  double red = 0;
  double blue = 0;
};

/// Patches of 64 px of any colour with noise; greens in rows with red see more by `leak`.
Mosaic leaking_mosaic(const Leak& leak, Point phase = {},
                      const std::string& letters = kBayerLetters) {
  MosaicRecipe recipe;
  recipe.size = {644, 518};
  recipe.active = {2, 4, 640, 512};
  recipe.phase = phase;
  recipe.letters = letters;
  Mosaic mosaic = random_mosaic(recipe);
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> any(0.01, 0.6);
  std::vector<std::array<double, 3>> colours(80);
  for (auto& colour : colours) {
    for (double& value : colour) value = any(random);
  }
  auto frame = mosaic.samples.view().crop(mosaic.active);
  for (int y = 0; y < 512; ++y) {
    bool with_red = false;
    for (int x = 0; x < 2; ++x) {
      with_red = with_red || rgb_index(mosaic.cfa.at(x + 2, y + 4)) == 0;
    }
    for (int x = 0; x < 640; ++x) {
      const auto& colour = colours[static_cast<std::size_t>(y / 64 * 10 + x / 64)];
      const int c = rgb_index(mosaic.cfa.at(x + 2, y + 4));
      double light = colour[static_cast<std::size_t>(c)];
      if (c == 1) {
        const double half =
            0.5 * (leak.green * colour[1] + leak.red * colour[0] + leak.blue * colour[2]);
        light += with_red ? half : -half;
      }
      light += std::sqrt(kA * light + kB) * normal(random);
      frame.at(x, y) = static_cast<std::uint16_t>(kBlack + kRange * std::clamp(light, 0.0, 1.0));
    }
  }
  return mosaic;
}

TEST(GreenBalance, FindsTheSharesOfEachColour) {
  for (const Point phase : {Point{0, 0}, Point{1, 0}, Point{0, 1}, Point{1, 1}}) {
    const Mosaic mosaic = leaking_mosaic({0.02, 0.08, -0.03}, phase);
    const auto found = GreenBalance::measure(mosaic, noise_of(kA, kB));
    ASSERT_TRUE(found && *found);
    EXPECT_NEAR((*found)->shares()[0], 0.02, 0.006);
    EXPECT_NEAR((*found)->shares()[1], 0.08, 0.006);
    EXPECT_NEAR((*found)->shares()[2], -0.03, 0.006);
  }
}

TEST(GreenBalance, EqualGreensAndOtherSensorsAreLeftAlone) {
  const auto equal = GreenBalance::measure(leaking_mosaic({}), noise_of(kA, kB));
  ASSERT_TRUE(equal);
  EXPECT_FALSE(*equal);
  const auto hardly = GreenBalance::measure(leaking_mosaic({0.005, 0, 0}), noise_of(kA, kB));
  ASSERT_TRUE(hardly);
  EXPECT_FALSE(*hardly);
  for (const std::string& letters : {std::string(), kXTransLetters}) {
    const auto other = GreenBalance::measure(leaking_mosaic({}, {}, letters), noise_of(kA, kB));
    ASSERT_TRUE(other);
    EXPECT_FALSE(*other);
  }
}

TEST(GreenBalance, GreensMeetInTheMiddleAndOtherSitesStay) {
  const Mosaic mosaic = leaking_mosaic({0, 0.1, 0}, {1, 0});
  const auto found = GreenBalance::measure(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(found && *found);
  std::vector<int> columns(640);
  std::iota(columns.begin(), columns.end(), 0);
  std::vector<float> add(640);
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  for (int patch = 0; patch < 10; ++patch) {  // inside of the patches of the first row
    std::array<double, 2> sums{};
    for (int y = 24; y < 40; ++y) {
      (*found)->row(y, columns, add);
      for (int x = 64 * patch + 24; x < 64 * patch + 40; ++x) {
        const auto at = static_cast<std::size_t>(x);
        if (rgb_index(mosaic.cfa.at(x + 2, y + 4)) != 1) {
          EXPECT_EQ(add[at], 0);
          continue;
        }
        sums[static_cast<std::size_t>(y % 2)] += frame.at(x, y) + add[at];
      }
    }
    EXPECT_NEAR(sums[0] / 128, sums[1] / 128, 0.012 * kRange) << patch;
  }
}

TEST(GreenBalance, WithoutResidualTheSourceComesBack) {
  const Mosaic mosaic = leaking_mosaic({0.05, 0.1, 0});
  auto found = GreenBalance::measure(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(found && *found);
  auto encoder = Encoder::create(mosaic, noise_of(kA, kB), kTestLimits);
  ASSERT_TRUE(encoder);
  encoder->balance_greens(std::make_shared<const GreenBalance>(**found));
  const Unpacker unpacker(mosaic, *encoder, 3, 600, 1.0);
  const std::vector<float> residual(600, 0.0F);
  std::vector<float> counts(600);
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  for (int y = 0; y < 64; ++y) {
    unpacker.row(y, residual, counts);
    for (int x = 0; x < 600; ++x) {
      ASSERT_NEAR(counts[static_cast<std::size_t>(x)], frame.at(x + 3, y), 0.5) << x << ", " << y;
    }
  }
}

}  // namespace
}  // namespace latent::raw
