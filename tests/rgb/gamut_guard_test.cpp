// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/gamut_guard.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "golden.h"
#include "patterns.h"

namespace latent::rgb {
namespace {

constexpr std::array kValues{-30.0F, -1.5F,   -0.01F, -1e-6F, 0.0F,   0.3F,
                             1.0F,   1.0001F, 1.4F,   8.0F,   1000.0F};
constexpr std::array kResiduals{-0.5F, -0.02F, 0.001F, 0.4F};

TEST(GamutGuard, BendsAsTheJudgeDoes) {
  std::array<float, kValues.size()> out{};
  GamutGuard{}.bend(kValues.data(), out.data(), out.size());
  for (std::size_t k = 0; k < out.size(); ++k) {
    EXPECT_NEAR(out[k], golden::kBent[k], 1e-6 * (1 + std::abs(golden::kBent[k]))) << kValues[k];
  }
}

TEST(GamutGuard, SubtractsAsTheJudgeDoes) {
  for (std::size_t v = 0; v < kValues.size(); ++v) {
    for (std::size_t r = 0; r < kResiduals.size(); ++r) {
      float out = 0;
      GamutGuard{}.subtract(&kValues[v], &kResiduals[r], &out, 1);
      const double judged = golden::kSubtracted[v * kResiduals.size() + r];
      EXPECT_NEAR(out, judged, 2e-6 * (1 + std::abs(judged))) << kValues[v] << " " << kResiduals[r];
    }
  }
}

TEST(GamutGuard, AResidualOfZeroLeavesEveryBit) {
  std::vector<float> in;
  for (std::uint32_t k = 0; k < 4000; ++k) {
    in.push_back(static_cast<float>(hashed_normal(k, 0, 0, 0) * (k % 7 == 0 ? 300.0 : 0.7)));
  }
  in.insert(in.end(), {0.0F, -0.0F, 1.0F, 1e30F, -1e30F, 3e38F, 1e-42F});
  for (const float zero : {0.0F, -0.0F}) {
    const std::vector<float> residual(in.size(), zero);
    std::vector<float> out(in.size());
    GamutGuard{}.subtract(in.data(), residual.data(), out.data(), in.size());
    for (std::size_t k = 0; k < in.size(); ++k) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(out[k]), std::bit_cast<std::uint32_t>(in[k])) << in[k];
    }
  }
}

TEST(GamutGuard, HasNoEdgeAtTheBorder) {
  // Values and what remains of them after a residual go through both borders without a step.
  const GamutGuard guard{0.0F, 1.0F, 0.25F};
  for (const float residual : {-0.3F, -0.001F, 0.001F, 0.3F}) {
    float before = NAN;
    float before_difference = NAN;
    for (int k = -2000; k <= 6000; ++k) {
      const float v = static_cast<float>(k) * 0.00025F;
      float out = 0;
      guard.subtract(&v, &residual, &out, 1);
      if (!std::isnan(before)) {
        const float difference = out - before;
        EXPECT_GT(difference, 0.0F) << v;  // order is kept
        if (!std::isnan(before_difference)) {
          // Of a slope between a third and three; an edge would be a hundred times that.
          EXPECT_NEAR(difference, before_difference, 3e-6F) << v << " " << residual;
        }
        before_difference = difference;
      }
      before = out;
    }
  }
}

TEST(GamutGuard, DoesNotDependOnHowSamplesAreCut) {
  std::vector<float> in;
  std::vector<float> residual;
  for (std::uint32_t k = 0; k < 1000; ++k) {
    in.push_back(static_cast<float>(0.5 + 0.4 * hashed_normal(k, 0, 0, 0)));
    residual.push_back(static_cast<float>(0.1 * hashed_normal(k, 1, 0, 0)));
  }
  std::vector<float> whole(in.size());
  GamutGuard{}.subtract(in.data(), residual.data(), whole.data(), in.size());
  for (std::size_t k = 0; k < in.size(); ++k) {
    float out = 0;
    GamutGuard{}.subtract(&in[k], &residual[k], &out, 1);
    EXPECT_EQ(out, whole[k]) << in[k];
  }
  GamutGuard{}.subtract(in.data(), residual.data(), in.data(), in.size());  // in place
  EXPECT_EQ(in, whole);
}

TEST(GamutGuard, NothingBecomesInfinite) {
  for (const float v : {-1e6F, -1.0F, 0.5F, 1.0F, 2.0F, 1e6F}) {
    for (const float residual : {-1e3F, -1.0F, 1.0F, 1e3F}) {
      float out = 0;
      GamutGuard{}.subtract(&v, &residual, &out, 1);
      EXPECT_TRUE(std::isfinite(out)) << v << " " << residual;
    }
  }
}

}  // namespace
}  // namespace latent::rgb
