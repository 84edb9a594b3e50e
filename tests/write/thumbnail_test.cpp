// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/thumbnail.h"

#include <gtest/gtest.h>

namespace latent::write {
namespace {

TEST(Thumbnail, EachPixelIsTheMeanOfItsBlock) {
  auto picture = Image<std::uint8_t>::create({4, 2}, 1).value();
  for (int x = 0; x < 4; ++x) {
    picture.view().at(x, 0) = static_cast<std::uint8_t>(10 * x);
    picture.view().at(x, 1) = static_cast<std::uint8_t>(10 * x + 4);
  }
  const auto small = thumbnail(picture.view(), 2);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->size(), (Size{2, 1}));
  EXPECT_EQ(small->view().at(0, 0), 7);
  EXPECT_EQ(small->view().at(1, 0), 27);
}

TEST(Thumbnail, KeepsItsShapeAndAFlatColour) {
  auto picture = Image<std::uint8_t>::create({1537, 1023}, 3).value();
  for (int y = 0; y < 1023; ++y) {
    for (auto& sample : picture.view().row(y)) sample = 99;
  }
  const auto small = thumbnail(picture.view(), 256);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->size(), (Size{256, 170}));
  for (int y = 0; y < 170; ++y) {
    for (const auto sample : small->view().row(y)) ASSERT_EQ(sample, 99);
  }
}

TEST(Thumbnail, ASmallPictureIsCopiedAndALineStaysALine) {
  const auto picture = Image<std::uint8_t>::create({3, 200}, 3).value();
  EXPECT_EQ(thumbnail(picture.view(), 256)->size(), (Size{3, 200}));
  EXPECT_EQ(thumbnail(picture.view(), 20)->size(), (Size{1, 20}));
}

}  // namespace
}  // namespace latent::write
