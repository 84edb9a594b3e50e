// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/grain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <utility>

namespace latent::fill {
namespace {

TEST(Grain, GivesASmoothHoleTheNoiseAroundIt) {
  constexpr Size kSize{160, 160};
  constexpr float kSigma = 0.02F;
  std::mt19937 random(5);
  std::normal_distribution<float> noise(0, kSigma);
  auto picture = Image<float>::create(kSize, 3).value();
  auto hole = Image<std::uint8_t>::create(kSize).value();
  const auto bar = Image<std::uint8_t>::create(kSize).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const bool inside = x >= 56 && x < 104 && y >= 56 && y < 104;
      hole.view().at(x, y) = inside ? 1 : 0;
      for (int c = 0; c < 3; ++c) {
        picture.view().at(x, y, c) = 0.4F + (inside ? 0.0F : noise(random));
      }
    }
  }
  const auto before = picture.clone().value();
  const auto level = match_grain(picture.view(), std::as_const(hole).view(), bar.view()).value();
  EXPECT_LT(level.before, 0.1F * level.around);
  double sum = 0;
  double count = 0;
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      if (hole.view().at(x, y) == 0) {
        ASSERT_EQ(picture.view().at(x, y, 0), before.view().at(x, y, 0));
        continue;
      }
      const double off = static_cast<double>(picture.view().at(x, y, 1)) - 0.4;
      sum += off * off;
      count += 1;
    }
  }
  EXPECT_NEAR(std::sqrt(sum / count), static_cast<double>(kSigma), 0.15 * kSigma);
}

TEST(Grain, AddsNothingWhereThereIsNone) {
  auto picture = Image<float>::create({96, 96}, 3).value();
  auto hole = Image<std::uint8_t>::create({96, 96}).value();
  const auto bar = Image<std::uint8_t>::create({96, 96}).value();
  for (int y = 30; y < 60; ++y) {
    for (int x = 30; x < 60; ++x) hole.view().at(x, y) = 1;
  }
  ASSERT_TRUE(match_grain(picture.view(), std::as_const(hole).view(), bar.view()));
  for (int y = 0; y < 96; ++y) {
    for (const float value : picture.view().row(y)) ASSERT_EQ(value, 0.0F);
  }
}

}  // namespace
}  // namespace latent::fill
