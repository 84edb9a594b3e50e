// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/noise_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace latent::raw {
namespace {

std::vector<NoisePoint> points_on(double a, double b) {
  std::vector<NoisePoint> points;
  for (double x = 0.002; x < 0.9; x *= 1.5) points.push_back({x, 1.0, a * x + b, 600.0});
  return points;
}

TEST(NoiseFit, FindsTheCurveThatThePointsLieOn) {
  for (const double electrons : {1.0, 3.0, 10.0}) {
    const double a = 1e-3;
    const double b = electrons * electrons * a * a;
    const NoiseFit fit = fit_noise(points_on(a, b), 0.0);
    EXPECT_NEAR(fit.a, a, 0.02 * a) << electrons;
    EXPECT_NEAR(fit.b, b, 0.1 * b) << electrons;
    EXPECT_LT(fit.spread, 0.01);
  }
}

TEST(NoiseFit, RoundingIsAPartOfB) {
  const NoiseFit fit = fit_noise(points_on(1e-3, 1e-5), 1e-5);
  EXPECT_GE(fit.b, 1e-5);
  EXPECT_NEAR(fit.b, 1e-5, 1e-6);
}

TEST(NoiseFit, ATexturedPointAboveTheCurveHardlyMovesIt) {
  auto points = points_on(1e-3, 9e-6);
  points[4].variance *= 5;
  points[9].variance *= 3;
  const NoiseFit fit = fit_noise(points, 0.0);
  EXPECT_NEAR(fit.a, 1e-3, 3e-5);
}

TEST(NoiseFit, SpreadTellsHowFarThePointsDisagree) {
  auto points = points_on(1e-3, 9e-6);
  for (std::size_t k = 0; k < points.size(); ++k) points[k].variance *= k % 2 == 0 ? 1.5 : 0.7;
  EXPECT_GT(fit_noise(points, 0.0).spread, 0.1);
}

TEST(NoiseFit, WithoutShadowsReadNoiseIsThatOfAUsualCamera) {
  const NoiseFit fit = fit_noise(std::vector<NoisePoint>{{0.5, 1.0, 0.5e-3, 600.0}}, 0.0);
  EXPECT_NEAR(std::sqrt(fit.b) / fit.a, 3.0, 0.3);
}

TEST(NoiseFit, NoPointsGiveRoundingAlone) {
  const NoiseFit fit = fit_noise({}, 1e-9);
  EXPECT_EQ(fit.a, 0.0);
  EXPECT_EQ(fit.b, 1e-9);
}

}  // namespace
}  // namespace latent::raw
