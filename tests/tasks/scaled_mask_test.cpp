// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/scaled_mask.h"

#include <gtest/gtest.h>

namespace latent::tasks {
namespace {

Image<float> numbered(Size size) {
  auto image = Image<float>::create(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      image->view().at(x, y) = static_cast<float>(y * size.width + x) / 100.0F;
    }
  }
  return *std::move(image);
}

TEST(SameAspect, AllowsAPixelOfTheSmallerPicture) {
  EXPECT_TRUE(same_aspect({6000, 4000}, {1536, 1024}));
  EXPECT_TRUE(same_aspect({1536, 1025}, {6000, 4000}));
  EXPECT_TRUE(same_aspect({6000, 4001}, {6000, 4000}));
  EXPECT_FALSE(same_aspect({1536, 1027}, {6000, 4000}));
  EXPECT_FALSE(same_aspect({4000, 6000}, {6000, 4000}));
  EXPECT_FALSE(same_aspect({0, 0}, {6000, 4000}));
}

TEST(ScaledMask, KeepsWhatIsConstantAndTheMean) {
  auto half = Image<float>::create({12, 8});
  for (int y = 0; y < 8; ++y) {
    for (int x = 6; x < 12; ++x) half->view().at(x, y) = 1;
  }
  for (const Size size : {Size{48, 32}, Size{3, 2}, Size{13, 9}}) {
    const auto scaled = scaled_mask(half->view(), size);
    ASSERT_TRUE(scaled);
    double sum = 0;
    for (int y = 0; y < size.height; ++y) {
      for (const float value : scaled->view().row(y)) {
        EXPECT_GE(value, 0);
        EXPECT_LE(value, 1);
        sum += value;
      }
    }
    EXPECT_NEAR(sum / static_cast<double>(size.area()), 0.5, 0.01);
    EXPECT_EQ(scaled->view().at(0, 0), 0);
    EXPECT_NEAR(scaled->view().at(size.width - 1, 0), 1, 1e-6);
  }
}

/// The photograph turned upright, by the words of EXIF: where its row 0 and column 0 lie.
Image<float> upright(const Image<float>& stored, int orientation) {
  const bool swaps = orientation >= 5;
  const Size size = swaps ? Size{stored.height(), stored.width()} : stored.size();
  auto image = Image<float>::create(size);
  for (int y = 0; y < stored.height(); ++y) {
    for (int x = 0; x < stored.width(); ++x) {
      // Row 0 is at the: top, top, bottom, bottom, left, right, right, left.
      // Column 0 at the: left, right, right, left, top, top, bottom, bottom.
      const bool row_far =
          orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
      const bool column_far =
          orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
      const int row = row_far ? stored.height() - 1 - y : y;
      const int column = column_far ? stored.width() - 1 - x : x;
      image->view().at(swaps ? row : column, swaps ? column : row) = stored.view().at(x, y);
    }
  }
  return *std::move(image);
}

TEST(TurnedBack, IsThePhotographAsStoredInAllEightOrientations) {
  const Image<float> stored = numbered({7, 5});
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto back =
        turned_back(upright(stored, orientation).view(), static_cast<Orientation>(orientation));
    ASSERT_TRUE(back);
    ASSERT_EQ(back->size(), stored.size()) << orientation;
    for (int y = 0; y < 5; ++y) {
      for (int x = 0; x < 7; ++x) {
        EXPECT_EQ(back->view().at(x, y), stored.view().at(x, y)) << orientation;
      }
    }
  }
}

}  // namespace
}  // namespace latent::tasks
