// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/curve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "colour/power.h"

namespace latent::colour {
namespace {

float to_light(const Curve& curve, float value) {
  curve.to_light(&value, 1);
  return value;
}

float from_light(const Curve& curve, float value) {
  curve.from_light(&value, 1);
  return value;
}

std::vector<std::uint16_t> sampled(double (*formula)(double), std::size_t entries) {
  std::vector<std::uint16_t> table(entries);
  for (std::size_t i = 0; i < entries; ++i) {
    const double x = static_cast<double>(i) / static_cast<double>(entries - 1);
    table[i] = static_cast<std::uint16_t>(std::lround(65535.0 * formula(x)));
  }
  return table;
}

double srgb_light(double x) { return x < 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4); }

/// A curve that is no formula: gamma 2 with a little wave.
double wavy(double x) {
  return x * x * (1.0 + 0.1 * std::sin(3.0 * x)) / (1.0 + 0.1 * std::sin(3.0));
}

/// There and back, on both sides of 0 and beyond 1.
void expect_reversible(const Curve& curve, double tolerance) {
  for (int k = -3000; k <= 9000; ++k) {
    const float x = static_cast<float>(k) * 0.001F;
    EXPECT_NEAR(from_light(curve, to_light(curve, x)), x, tolerance * (0.01 + std::abs(x))) << x;
  }
}

TEST(Power, IsExactToAFewDigitsOfTheLast) {
  for (const float p : {2.4F, 1.0F / 2.4F, 1.8F, 1.0F / 2.2F, 0.1F}) {
    for (float x = 1e-12F; x < 1e6F; x *= 1.01F) {
      const double truth = std::pow(static_cast<double>(x), static_cast<double>(p));
      if (truth < 1e-30 || truth > 1e30) continue;
      const double tolerance = x > 1e-4F && x < 1.0F ? 2e-6 : 1e-5;
      EXPECT_NEAR(power_of(x, p) / truth, 1.0, tolerance) << x << " " << p;
    }
  }
}

TEST(Power, OfNothingIsNothing) {
  EXPECT_EQ(power_of(0.0F, 0.4F), 0.0F);
  EXPECT_EQ(power_of(-1.0F, 2.0F), 0.0F);
  EXPECT_EQ(power_of(std::numeric_limits<float>::quiet_NaN(), 2.0F), 0.0F);
  EXPECT_TRUE(std::isfinite(power_of(std::numeric_limits<float>::infinity(), 2.0F)));
}

TEST(Curve, SrgbIsThatOfTheStandard) {
  const Curve curve = Curve::srgb();
  for (int k = 0; k <= 65535; ++k) {
    const double x = k / 65535.0;
    EXPECT_NEAR(to_light(curve, static_cast<float>(x)), srgb_light(x), 2e-6 * srgb_light(x));
  }
  EXPECT_NEAR(to_light(curve, 2.0F), srgb_light(2.0), 1e-5);
  EXPECT_EQ(to_light(curve, -0.5F), -to_light(curve, 0.5F));
  expect_reversible(curve, 3e-6);
}

TEST(Curve, ATableOfAFormulaIsTheFormula) {
  const auto srgb = Curve::from_table(sampled(srgb_light, 1024));
  ASSERT_TRUE(srgb);
  EXPECT_EQ(*srgb, Curve::srgb());
  const auto gamma = Curve::from_table(sampled([](double x) { return std::pow(x, 2.2); }, 256));
  ASSERT_TRUE(gamma);
  EXPECT_NEAR(to_light(*gamma, 3.0F), std::pow(3.0, 2.2), 1e-4);
  const auto linear = Curve::from_table(sampled([](double x) { return x; }, 2));
  ASSERT_TRUE(linear);
  EXPECT_TRUE(linear->is_linear());
}

TEST(Curve, OtherTablesAreFollowedAndGoOn) {
  for (const std::size_t entries : {17U, 1024U, 4096U}) {
    const auto table = sampled(wavy, entries);
    const auto curve = Curve::from_table(table);
    ASSERT_TRUE(curve);
    EXPECT_FALSE(curve->is_linear());
    for (std::size_t i = 0; i < entries; ++i) {
      const float x = static_cast<float>(i) / static_cast<float>(entries - 1);
      EXPECT_NEAR(to_light(*curve, x), table[i] / 65535.0, 2e-5);
    }
    EXPECT_GT(to_light(*curve, 2.0F), 1.5F);
    EXPECT_EQ(to_light(*curve, -0.5F), -to_light(*curve, 0.5F));
    expect_reversible(*curve, 1e-5);
  }
}

TEST(Curve, TheFormulasOfIccAreRead) {
  const std::vector<double> gamma{2.2};
  const std::vector<double> power_only{2.0, 1.0, 0.0};
  const std::vector<double> srgb{2.4, 0.94787, 0.05213, 0.07739, 0.04045};
  const std::vector<double> full{2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045, 0.0, 0.0};
  ASSERT_TRUE(Curve::from_icc_formula(0, gamma));
  EXPECT_NEAR(to_light(*Curve::from_icc_formula(0, gamma), 0.5F), std::pow(0.5, 2.2), 1e-6);
  ASSERT_TRUE(Curve::from_icc_formula(1, power_only));
  EXPECT_NEAR(to_light(*Curve::from_icc_formula(1, power_only), 0.5F), 0.25, 1e-6);
  ASSERT_TRUE(Curve::from_icc_formula(3, srgb));
  EXPECT_EQ(*Curve::from_icc_formula(3, srgb), Curve::srgb());  // rounded as files have it
  ASSERT_TRUE(Curve::from_icc_formula(4, full));
  EXPECT_EQ(*Curve::from_icc_formula(4, full), Curve::srgb());
  expect_reversible(*Curve::from_icc_formula(0, gamma), 1e-5);
}

TEST(Curve, WhatCannotBeUndoneIsNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& formula : std::vector<std::vector<double>>{{nan, 1, 0, 1, 0},
                                                              {2.4, -1, 0, 1, 0},
                                                              {2.4, 1, 0.5, 1, -1},
                                                              {0.0, 1, 0, 1, 0},
                                                              {2.4, 1, 0, -1, 0.1},
                                                              {2.4, 1, 0, 1, 0.5},
                                                              {1e300, 1, 0, 1, 0}}) {
    EXPECT_FALSE(Curve::from_icc_formula(3, formula)) << formula[0] << " " << formula[1];
  }
  EXPECT_FALSE(Curve::from_icc_formula(9, std::vector<double>(7, 1.0)));
  EXPECT_FALSE(Curve::from_icc_formula(4, std::vector<double>(3, 1.0)));
  EXPECT_FALSE(Curve::from_table(std::vector<std::uint16_t>{}));
  EXPECT_FALSE(Curve::from_table(std::vector<std::uint16_t>{7}));
  EXPECT_FALSE(Curve::from_table(std::vector<std::uint16_t>{0, 40000, 30000, 65535}));
  EXPECT_FALSE(Curve::from_table(std::vector<std::uint16_t>(256, 0)));
  std::vector<std::uint16_t> step(256, 0);
  std::fill(step.begin() + 128, step.end(), std::uint16_t{65535});
  EXPECT_FALSE(Curve::from_table(step));
}

}  // namespace
}  // namespace latent::colour
