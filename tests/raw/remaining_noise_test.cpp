// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/remaining_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace latent::raw {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;

/// Half of the frame flat, half of it striped; noise of sigma 20 counts in the source, of
/// `left` times that in the result.
double measured(double left) {
  Mosaic mosaic;
  mosaic.active = {0, 0, kWidth, kHeight};
  mosaic.cfa = *CfaPattern::create(
      {2, 2}, {CfaColour::Red, CfaColour::Green, CfaColour::Green, CfaColour::Blue});
  RemainingNoise remaining(mosaic);
  std::mt19937 random(7);
  std::normal_distribution<double> normal(0.0, 20.0);
  std::vector<std::uint16_t> source(kWidth);
  std::vector<float> result(kWidth);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double scene = x < kWidth / 2 ? 1000.0 : 1000.0 + 300.0 * ((x / 4) % 2);
      const double noise = normal(random);
      const auto at = static_cast<std::size_t>(x);
      source[at] = static_cast<std::uint16_t>(std::lround(scene + noise));
      result[at] = static_cast<float>(scene + left * noise);
    }
    remaining.add_row(y, source.data(), result.data());
  }
  return remaining.fraction();
}

TEST(RemainingNoise, IsTheShareThatWasLeftWhateverTheTextureBeside) {
  for (const double left : {0.05, 0.2, 0.5, 1.0}) EXPECT_NEAR(measured(left), left, 0.05 * left);
}

TEST(RemainingNoise, IsNeverZero) { EXPECT_GE(measured(0.0), 0.01); }

TEST(RemainingNoise, IsOneWhereNothingCouldBeMeasured) {
  Mosaic mosaic;
  mosaic.active = {0, 0, 8, 8};
  EXPECT_EQ(RemainingNoise(mosaic).fraction(), 1.0);
}

}  // namespace
}  // namespace latent::raw
