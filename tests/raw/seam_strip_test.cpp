// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/seam_strip.h"

#include <gtest/gtest.h>

#include <vector>

namespace latent::raw {
namespace {

TEST(SeamAxis, WeightsSumToOneForEveryLength) {
  for (int size = 1; size < 900; ++size) {
    const SeamAxis axis{size, 128, 64};
    std::vector<float> sums(static_cast<std::size_t>(size), 0.0F);
    for (int tile = 0; tile < axis.count(); ++tile) {
      ASSERT_GE(axis.begin(tile), 0);
      ASSERT_LE(axis.end(tile), size);
      for (int at = axis.begin(tile); at < axis.end(tile); ++at) {
        sums[static_cast<std::size_t>(at)] += axis.weight(tile, at);
      }
    }
    for (const float sum : sums) ASSERT_NEAR(sum, 1.0F, 1e-6F) << size;
  }
}

TEST(SeamAxis, TheRampIsDarktables) {
  const SeamAxis axis{400, 128, 64};
  EXPECT_FLOAT_EQ(axis.weight(1, 64), 0.5F / 128);
  EXPECT_FLOAT_EQ(axis.weight(1, 191), 127.5F / 128);
  EXPECT_FLOAT_EQ(axis.weight(1, 192), 1.0F - 0.5F / 128);
  EXPECT_FLOAT_EQ(axis.weight(0, 63), 1.0F);
  EXPECT_EQ(axis.begin(1), 64);
  EXPECT_EQ(axis.end(1), 320);
}

/// Sizes whose last core is shorter than the band: where darktable writes beyond its picture.
TEST(SeamStrip, TilesOfAPictureGiveThePictureWhateverItsSize) {
  for (const Size size :
       {Size{276, 266}, Size{128, 129}, Size{257, 130}, Size{383, 385}, Size{5, 7}}) {
    auto strip = SeamStrip::create(size, 128, 64, 2);
    ASSERT_TRUE(strip);
    int rows = 0;
    for (int row = 0; row < strip->rows(); ++row) {
      for (int column = 0; column < strip->columns(); ++column) {
        strip->add(row, column, [&](int y, int first, int last, float* samples) {
          ASSERT_GE(first, 0);
          ASSERT_LE(last, size.width);
          ASSERT_LT(y, size.height);
          for (int x = first; x < last; ++x) {
            *samples++ = static_cast<float>(y) + static_cast<float>(x) / 1024;
            *samples++ = -1.0F;
          }
        });
      }
      ASSERT_TRUE(strip->finish_row(row, [&](int first, ImageView<const float> view) -> Status {
        EXPECT_EQ(first, rows);
        for (int y = 0; y < view.height(); ++y) {
          for (int x = 0; x < size.width; ++x) {
            const float right = static_cast<float>(rows + y) + static_cast<float>(x) / 1024;
            EXPECT_NEAR(view.at(x, y, 0), right, 1e-4F);
            EXPECT_NEAR(view.at(x, y, 1), -1.0F, 1e-6F);
          }
        }
        rows += view.height();
        return {};
      }));
    }
    EXPECT_EQ(rows, size.height);
  }
}

TEST(SeamStrip, RefusesTilesWhoseBandsWouldOverlap) {
  EXPECT_FALSE(SeamStrip::create({500, 500}, 126, 64, 1));
}

}  // namespace
}  // namespace latent::raw
