// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/develop.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mosaics.h"

namespace latent::raw {
namespace {

/// Counts of the whole frame.
Image<float> counts_of(const Mosaic& mosaic) {
  const auto from = mosaic.samples.view().crop(mosaic.active);
  auto counts = Image<float>::create(from.size()).value();
  for (int y = 0; y < from.height(); ++y)
    std::ranges::copy(from.row(y), counts.view().row(y).begin());
  return counts;
}

Rect frame(const Mosaic& mosaic) { return {0, 0, mosaic.active.width, mosaic.active.height}; }

/// A surface that is grey in the light of the photograph: each colour has its own count.
Mosaic grey_surface(const std::string& letters) {
  MosaicRecipe recipe;
  recipe.letters = letters;
  Mosaic mosaic = random_mosaic(recipe);
  const std::array<float, 3> light{0.2F / 2.0F, 0.2F, 0.2F / 1.6F};  // against as_shot_wb
  for (int y = 0; y < recipe.size.height; ++y) {
    for (int x = 0; x < recipe.size.width; ++x) {
      const float share = light[static_cast<std::size_t>(rgb_index(mosaic.cfa.at(x, y)))];
      mosaic.samples.view().at(x, y) =
          static_cast<std::uint16_t>(512.0F + share * (15000.0F - 512.0F) + 0.5F);
    }
  }
  return mosaic;
}

TEST(Develop, MakesGreyOfWhatIsGreyUpToTheBorders) {
  for (const std::string& letters : {kBayerLetters, kXTransLetters}) {
    const Mosaic mosaic = grey_surface(letters);
    const Development development(mosaic);
    const Image<float> counts = counts_of(mosaic);
    const auto picture = development.picture_of(frame(mosaic), counts.view(), 1);
    ASSERT_TRUE(picture) << picture.error().sentence;
    const float expected = picture->view().at(20, 20, 1);
    EXPECT_GT(expected, 0.8F);  // exposed so that the brightest is just below white
    for (int y = 0; y < picture->height(); ++y) {
      for (const float sample : picture->view().row(y)) ASSERT_NEAR(sample, expected, 2e-3F);
    }
  }
}

TEST(Develop, MonochromeSitesKeepTheirOwnLight) {
  MosaicRecipe recipe;
  recipe.letters = "";
  const Mosaic mosaic = random_mosaic(recipe);
  const Development development(mosaic);
  const auto counts = counts_of(mosaic);
  const auto picture = development.picture_of(frame(mosaic), counts.view(), 2);
  ASSERT_TRUE(picture) << picture.error().sentence;
  int risen = 0;
  for (int x = 0; x + 1 < picture->width(); ++x) {
    for (int c = 1; c < 3; ++c) {
      ASSERT_EQ(picture->view().at(x, 7, c), picture->view().at(x, 7, 0));
    }
    if (counts.view().at(x, 7) < counts.view().at(x + 1, 7)) {
      EXPECT_LE(picture->view().at(x, 7), picture->view().at(x + 1, 7));
      risen += static_cast<int>(picture->view().at(x, 7) < picture->view().at(x + 1, 7));
    }
  }
  EXPECT_GT(risen, 10);
}

TEST(Develop, APartInsideIsAsInTheWhole) {
  const Mosaic mosaic = random_mosaic({});
  const Development development(mosaic);
  const auto counts = counts_of(mosaic);
  const auto whole = development.picture_of(frame(mosaic), counts.view(), 1);
  const Rect area{9, 5, 33, 30};
  const auto part = development.picture_of(area, counts.view().crop(area), 3);
  ASSERT_TRUE(whole && part);
  constexpr int kBorder = 3;
  for (int y = kBorder; y < area.height - kBorder; ++y) {
    for (int x = kBorder; x < area.width - kBorder; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(part->view().at(x, y, c), whole->view().at(area.x + x, area.y + y, c));
      }
    }
  }
}

TEST(Develop, ThreeColoursAPixelNeedNoNeighbours) {
  LinearRaw picture;
  picture.samples = Image<std::uint16_t>::create({40, 30}, 3).value();
  for (int y = 0; y < 30; ++y) {
    for (std::uint16_t& sample : picture.samples.view().row(y)) sample = 5000;
  }
  picture.white = {10000, 10000, 10000};
  const Development development(picture);
  auto counts = Image<float>::create({4, 4}, 3).value();
  for (int y = 0; y < 4; ++y) std::ranges::fill(counts.view().row(y), 5000.0F);
  const auto shown = development.picture_of({3, 3, 4, 4}, std::as_const(counts).view(), 1);
  ASSERT_TRUE(shown) << shown.error().sentence;
  EXPECT_NEAR(shown->view().at(2, 2, 0), colour::encode_srgb(0.9F), 1e-3F);
}

}  // namespace
}  // namespace latent::raw
