// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/tone_bias.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <utility>
#include <vector>

namespace latent::rgb {
namespace {

constexpr float kStep = 1.0F / 255.0F;

double encoded(double light) {
  if (light <= 0) return 0;
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

NoiseLevel coarse(float sigma) {
  NoiseLevel level = NoiseLevel::uniform(sigma);
  level.fineness.fill(0.4F);
  return level;
}

TEST(ToneBias, NothingMovesBelowSigmaFive) {
  const ToneShift shift = tone_shift(coarse(5 * kStep));
  EXPECT_EQ(shift.largest, 0);
  for (int c = 0; c < 3; ++c) EXPECT_EQ(shift.at(c, 0.4F), 0);
}

TEST(ToneBias, WhiteNoiseMovesNothing) {
  EXPECT_EQ(tone_shift(NoiseLevel::uniform(40 * kStep)).largest, 0);
}

TEST(ToneBias, GrowsWithTheLevelWithoutAStep) {
  float before = 0;
  for (int tenths = 50; tenths <= 400; tenths += 2) {
    const float now = tone_shift(coarse(static_cast<float>(tenths) * 0.1F * kStep)).at(1, 0.35F);
    EXPECT_LT(std::abs(now - before), 0.6F * kStep) << tenths;
    before = now;
  }
  EXPECT_GT(before, 5 * kStep);
}

/// Noise of light of variance a X + b behind the curve: its level is measured at each brightness as
/// it is, and the corrected means have to be the light's.
TEST(ToneBias, MeansOfNoiseBehindTheCurveBecomeTheLight) {
  constexpr double kGain = 0.012;
  constexpr double kRead = 2e-4;
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  NoiseLevel level = coarse(0);
  std::vector<std::pair<double, double>> lights;  // encoded light, mean
  for (int i = 1; i < 20; ++i) {
    const double light = std::pow(i / 20.0, 2.4);
    double sum = 0;
    double squares = 0;
    constexpr int kDraws = 40000;
    for (int k = 0; k < kDraws; ++k) {
      const double noise = std::sqrt(kGain * light + kRead) * normal(random);
      const double value = std::min(1.0, encoded(light + noise));
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kDraws;
    lights.emplace_back(encoded(light), mean);
    const auto node = std::min<std::size_t>(7, static_cast<std::size_t>(mean * kLevelNodes));
    for (auto& channel : level.sigma) {
      channel[node] = static_cast<float>(std::sqrt(squares / kDraws - mean * mean));
    }
  }
  for (auto& channel : level.sigma) {
    if (channel[7] == 0) channel[7] = channel[6];
  }
  const ToneShift shift = tone_shift(level);
  double worst_before = 0;
  for (const auto& [light, mean] : lights) {
    if (light < 0.15 || light > 0.9) continue;
    worst_before = std::max(worst_before, std::abs(light - mean));
    const double corrected = mean + static_cast<double>(shift.at(1, static_cast<float>(mean)));
    EXPECT_NEAR(corrected, light, 2.0 / 255) << light;
  }
  EXPECT_GT(worst_before, 4.0 / 255);
}

TEST(ToneBias, RedAndBlueRiseNoMoreThanGreen) {
  NoiseLevel level = coarse(15 * kStep);
  level.sigma[2].fill(45 * kStep);
  const ToneShift shift = tone_shift(level);
  for (float value = 0; value <= 1; value += 0.05F) {
    EXPECT_LE(shift.at(2, value), std::max(0.0F, shift.at(1, value)) + 1e-6F);
  }
}

TEST(ToneBias, TheShiftGoesOffTheResidualByItsShare) {
  const ToneShift shift = tone_shift(coarse(30 * kStep));
  const float noisy[3]{0.5F, 0.4F, 0.3F};
  float residual[3]{0.1F, 0.0F, -0.1F};
  shift.lead(noisy, 3, 1, 0.5F, residual);
  EXPECT_FLOAT_EQ(residual[0], 0.1F - 0.5F * shift.at(0, 0.4F));
  EXPECT_FLOAT_EQ(residual[2], -0.1F - 0.5F * shift.at(2, 0.4F));
  const float grey = 0.5F;
  float of_grey[3]{0.1F, 0.1F, 0.1F};
  shift.lead(&grey, 1, 1, 1.0F, of_grey);
  EXPECT_FLOAT_EQ(of_grey[0], 0.1F - shift.at(0, 0.4F));
}

}  // namespace
}  // namespace latent::rgb
