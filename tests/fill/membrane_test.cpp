// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/membrane.h"

#include <gtest/gtest.h>

#include <utility>

namespace latent::fill {
namespace {

/// A plane is its own membrane.
float plane(int x, int y) {
  return 0.1F + 0.004F * static_cast<float>(x) - 0.003F * static_cast<float>(y);
}

TEST(Membrane, GivesAPlaneBack) {
  auto values = Image<float>::create({90, 70}).value();
  auto free = Image<std::uint8_t>::create({90, 70}).value();
  for (int y = 0; y < 70; ++y) {
    for (int x = 0; x < 90; ++x) {
      const bool inside = x > 10 && x < 75 && y > 8 && y < 60;
      free.view().at(x, y) = inside ? 1 : 0;
      values.view().at(x, y) = inside ? 0.0F : plane(x, y);
    }
  }
  ASSERT_TRUE(fill_membrane(values.view(), std::as_const(free).view(), 2));
  for (int y = 0; y < 70; ++y) {
    for (int x = 0; x < 90; ++x) EXPECT_NEAR(values.view().at(x, y), plane(x, y), 2e-3) << x;
  }
}

TEST(Membrane, StaysBetweenWhatHoldsIt) {
  auto values = Image<float>::create({40, 40}).value();
  auto free = Image<std::uint8_t>::create({40, 40}).value();
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) {
      free.view().at(x, y) = x == 0 || x == 39 ? 0 : 1;
      values.view().at(x, y) = x == 39 ? 1.0F : 0.0F;
    }
  }
  ASSERT_TRUE(fill_membrane(values.view(), std::as_const(free).view(), 1));
  for (int x = 1; x < 39; ++x) EXPECT_NEAR(values.view().at(x, 20), x / 39.0, 5e-3);
}

TEST(Membrane, DoesNotDependOnTheNumberOfThreads) {
  auto one = Image<float>::create({64, 64}, 3).value();
  auto free = Image<std::uint8_t>::create({64, 64}).value();
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      free.view().at(x, y) = (x - 30) * (x - 30) + (y - 30) * (y - 30) < 400 ? 1 : 0;
      for (int c = 0; c < 3; ++c) one.view().at(x, y, c) = static_cast<float>((x * y + c) % 17);
    }
  }
  auto other = one.clone().value();
  ASSERT_TRUE(fill_membrane(one.view(), std::as_const(free).view(), 1));
  ASSERT_TRUE(fill_membrane(other.view(), std::as_const(free).view(), 4));
  for (int y = 0; y < 64; ++y) {
    for (int i = 0; i < 192; ++i) {
      const auto at = static_cast<std::size_t>(i);
      ASSERT_EQ(one.view().row(y)[at], other.view().row(y)[at]);
    }
  }
}

}  // namespace
}  // namespace latent::fill
