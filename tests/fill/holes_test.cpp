// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/holes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace latent::fill {
namespace {

Image<std::uint8_t> squares() {
  auto mask = Image<std::uint8_t>::create({400, 300}).value();
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 10; ++x) {
      mask.view().at(x, y) = 1;              // in the corner of the picture
      mask.view().at(200 + x, 150 + y) = 1;  // two that lie close together
      mask.view().at(215 + x, 150 + y) = 1;
    }
  }
  return mask;
}

TEST(Holes, SortsCloseOnesTogetherAndFarOnesApart) {
  const auto mask = squares();
  const auto holes = Holes::of(mask.view()).value();
  ASSERT_EQ(holes.groups().size(), 2U);
  EXPECT_EQ(holes.groups()[0].bounds, (Rect{0, 0, 10, 10}));
  EXPECT_EQ(holes.groups()[1].bounds, (Rect{200, 150, 25, 10}));
  EXPECT_EQ(holes.pixels(), 300);
  for (const auto& group : holes.groups()) {
    EXPECT_TRUE((Rect{0, 0, 400, 300}.contains(group.context)));
    EXPECT_TRUE(group.context.contains(group.bounds));
  }
}

TEST(Holes, SplitsAContextIntoItsOwnHoleAndOthers) {
  auto mask = squares();
  mask.view().at(160, 150) = 1;  // inside the context of the pair
  const auto holes = Holes::of(mask.view()).value();
  ASSERT_EQ(holes.groups().size(), 3U);
  const auto& pair = holes.groups()[2].bounds.width > 20 ? holes.groups()[2] : holes.groups()[1];
  const std::size_t index = &pair == &holes.groups()[2] ? 2 : 1;
  auto hole = Image<std::uint8_t>::create(pair.context.size()).value();
  auto bar = Image<std::uint8_t>::create(pair.context.size()).value();
  holes.split(mask.view(), index, hole.view(), bar.view());
  int own = 0;
  int others = 0;
  for (int y = 0; y < hole.height(); ++y) {
    for (int x = 0; x < hole.width(); ++x) {
      own += hole.view().at(x, y);
      others += bar.view().at(x, y);
    }
  }
  EXPECT_EQ(own, 200);
  EXPECT_EQ(others, 1);
}

TEST(Holes, DilateGrowsByThatManyPixels) {
  auto mask = Image<std::uint8_t>::create({41, 41}).value();
  mask.view().at(20, 20) = 1;
  ASSERT_TRUE(dilate(mask.view(), 5));
  EXPECT_EQ(mask.view().at(25, 20), 1);
  EXPECT_EQ(mask.view().at(26, 20), 0);
  EXPECT_EQ(mask.view().at(20, 15), 1);
  EXPECT_EQ(mask.view().at(24, 24), 0);  // 5.7 away
}

/// How far the mask of the columns left of 60 grew in a row.
int grown_in(const Image<std::uint8_t>& mask, int y) {
  int x = 60;
  while (mask.view().at(x, y) != 0) ++x;
  return x - 60;
}

TEST(Holes, GrowsAsFarAsTheBlurOfTheEdge) {
  for (const int blur : {2, 6, 9}) {
    auto picture = Image<float>::create({120, 80}, 3).value();
    auto mask = Image<std::uint8_t>::create({120, 80}).value();
    for (int y = 0; y < 80; ++y) {
      for (int x = 0; x < 120; ++x) {
        mask.view().at(x, y) = x < 60 ? 1 : 0;
        const float away = static_cast<float>(x - 60) / static_cast<float>(blur);
        for (int c = 0; c < 3; ++c) {
          picture.view().at(x, y, c) = 0.2F + 0.5F * std::min(1.0F, std::max(0.0F, away)) +
                                       0.001F * static_cast<float>((x * 7 + y * 13) % 5);
        }
      }
    }
    const float found = grow_by_blur(picture.view(), mask.view(), 12).value();
    EXPECT_GE(found, static_cast<float>(blur));
    EXPECT_LE(found, static_cast<float>(blur + 3));
    EXPECT_NEAR(grown_in(mask, 40), found, 1.0);
  }
}

TEST(Holes, GrowsOverHairBeforeACalmGroundThoughGrassLiesElsewhere) {
  constexpr Size kSize{120, 400};
  constexpr int kHair = 8;
  auto picture = Image<float>::create(kSize, 3).value();
  auto mask = Image<std::uint8_t>::create(kSize).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      mask.view().at(x, y) = x < 60 ? 1 : 0;
      auto cell =
          static_cast<std::uint32_t>(x) * 0x9E3779B1U ^ static_cast<std::uint32_t>(y) * 0x85EBCA77U;
      cell = (cell ^ (cell >> 15U)) * 0x2C1B3C6DU;
      const float noise = static_cast<float>(cell >> 20U) / 4096.0F;
      const bool grass = y > 160;
      const bool hair = x < 60 + kHair;
      for (int c = 0; c < 3; ++c) {
        picture.view().at(x, y, c) = 0.4F + (grass || hair ? 0.3F : 0.01F) * noise;
      }
    }
  }
  ASSERT_TRUE(grow_by_blur(picture.view(), mask.view(), 12));
  EXPECT_GE(grown_in(mask, 60), kHair);
  EXPECT_LE(grown_in(mask, 60), kHair + 2);
  EXPECT_LE(grown_in(mask, 320), 3) << "grass goes on as it is";
}

TEST(Holes, LooksForBlurFurtherInLargerPictures) {
  EXPECT_EQ(most_blur({800, 600}), 12);
  EXPECT_EQ(most_blur({6000, 4000}), 54);
  EXPECT_EQ(most_blur({30000, 20}), 60);
}

}  // namespace
}  // namespace latent::fill
