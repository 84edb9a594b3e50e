// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/guided_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "mask/working_picture.h"
#include "scenes.h"

namespace latent::mask {
namespace {

TEST(BoxMean, IsTheMeanOfTheWindowAlsoAtTheBorders) {
  auto source = Image<float>::create({13, 9}, 2).value();
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 13; ++x) {
      source.view().at(x, y, 0) = static_cast<float>(grain(x, y, 50));
      source.view().at(x, y, 1) = static_cast<float>(x + 100 * y);
    }
  }
  for (const int radius : {1, 3, 20}) {
    const auto means = box_mean(source.view(), radius);
    ASSERT_TRUE(means);
    for (int y = 0; y < 9; ++y) {
      for (int x = 0; x < 13; ++x) {
        for (int c = 0; c < 2; ++c) {
          double sum = 0;
          int count = 0;
          for (int v = std::max(0, y - radius); v <= std::min(8, y + radius); ++v) {
            for (int u = std::max(0, x - radius); u <= std::min(12, x + radius); ++u) {
              sum += source.view().at(u, v, c);
              ++count;
            }
          }
          ASSERT_NEAR(means->view().at(x, y, c), sum / count, 1e-3) << radius;
        }
      }
    }
  }
}

TEST(GuidedFilter, FindsTheLinearFunctionOfColourThatTheMaskIs) {
  auto guide = Image<float>::create({40, 30}, 3).value();
  auto mask = Image<float>::create({40, 30}).value();
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) {
      const float r = static_cast<float>(grain(x, y, 100)) / 400.0F + 0.5F;
      const float g = static_cast<float>(grain(y, x + 7, 100)) / 400.0F + 0.5F;
      const float b = static_cast<float>(grain(x + 3 * y, y, 100)) / 400.0F + 0.5F;
      guide.view().at(x, y, 0) = r;
      guide.view().at(x, y, 1) = g;
      guide.view().at(x, y, 2) = b;
      mask.view().at(x, y) = 0.7F * r - 0.4F * g + 0.2F * b + 0.1F;
    }
  }
  const auto lines = guided_coefficients(guide.view(), mask.view(), 4, 1e-7F);
  ASSERT_TRUE(lines);
  EXPECT_NEAR(lines->view().at(20, 15, 0), 0.7F, 2e-3F);
  EXPECT_NEAR(lines->view().at(20, 15, 1), -0.4F, 2e-3F);
  EXPECT_NEAR(lines->view().at(20, 15, 2), 0.2F, 2e-3F);
  EXPECT_NEAR(lines->view().at(20, 15, 3), 0.1F, 2e-3F);
}

TEST(GuidedFilter, IsTheMeanWhereTheGuideShowsNothing) {
  auto guide = Image<float>::create({21, 21}, 3).value();
  auto mask = Image<float>::create({21, 21}).value();
  for (int y = 0; y < 21; ++y) {
    for (int x = 0; x < 21; ++x) mask.view().at(x, y) = x < 10 ? 0.0F : 1.0F;
  }
  const auto lines = guided_coefficients(guide.view(), mask.view(), 2, 1e-4F);
  ASSERT_TRUE(lines);
  EXPECT_NEAR(lines->view().at(2, 10, 3), 0.0F, 1e-6F);
  EXPECT_NEAR(lines->view().at(9, 10, 3), 0.44F, 0.05F);
  EXPECT_NEAR(lines->view().at(18, 10, 3), 1.0F, 1e-6F);
}

}  // namespace
}  // namespace latent::mask
