// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/darktable_rgb.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace latent::rgb {
namespace {

TEST(DarktableRgb, CurvesUndoEachOther) {
  for (float value = -1.5F; value < 2.5F; value += 0.001F) {
    EXPECT_NEAR(extended_decoded(extended_encoded(value)), value, 3e-6F);
    if (value <= 0) {
      EXPECT_EQ(darktable_encoded(value), 0.0F);
    }
  }
}

TEST(DarktableRgb, WhiteStaysWhiteBetweenPrimaries) {
  for (const float sample : rec2020_of({1, 1, 1})) EXPECT_NEAR(sample, 1.0F, 1e-6F);
  const Pixel back = srgb_of(rec2020_of({0.2F, -0.1F, 1.3F}));
  EXPECT_NEAR(back[0], 0.2F, 1e-6F);
  EXPECT_NEAR(back[1], -0.1F, 1e-6F);
  EXPECT_NEAR(back[2], 1.3F, 1e-6F);
}

TEST(DarktableRgb, ATenthOfTheGridMakesAPictureDark) {
  const auto dark_columns = [](int columns) {
    return [columns](int x, int) {
      return x / 16 < columns ? Pixel{0.001F, 0.001F, 0.001F} : Pixel{0.5F, 0.5F, 0.5F};
    };
  };
  EXPECT_FALSE(is_dark({320, 160}, dark_columns(1)));
  EXPECT_TRUE(is_dark({320, 160}, dark_columns(2)));
}

/// The identity, through tiles, for sizes around the grid's.
TEST(DarktablePicture, CoresCoverThePicture) {
  for (const Size size : {Size{64, 65}, Size{63, 1}, Size{200, 131}}) {
    const auto pixel = [](int x, int y) {
      return Pixel{static_cast<float>(x % 7) / 8, static_cast<float>(y % 5) / 8, 0.5F};
    };
    const DarktablePicture picture(size, {192, 64, 1, false, true}, pixel);
    auto whole = Image<float>::create(size, 3);
    ASSERT_TRUE(whole);
    auto tile = Tensor::create({1, 3, 192, 192});
    for (int index = 0; index < picture.tiles(); ++index) {
      picture.pack(index, tile->view());
      picture.unpack(index, tile->view(), whole->view().crop(picture.core(index)));
    }
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const Pixel right = rec2020_of(pixel(x, y));
        for (int c = 0; c < 3; ++c) {
          ASSERT_NEAR(whole->view().at(x, y, c), right[static_cast<std::size_t>(c)], 2e-6F);
        }
      }
    }
  }
}

}  // namespace
}  // namespace latent::rgb
