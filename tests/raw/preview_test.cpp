// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/preview.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace latent::raw {
namespace {

/// A flat grey scene under a white balance of (2, 1, 1.6), black 100, white 1100.
Mosaic grey_mosaic(Size size, Rect active, const std::string& letters, int period) {
  Mosaic mosaic;
  std::vector<CfaColour> colours;
  for (const char letter : letters) {
    colours.push_back(letter == 'R'   ? CfaColour::Red
                      : letter == 'B' ? CfaColour::Blue
                                      : CfaColour::Green);
  }
  mosaic.cfa = *CfaPattern::create({period, period}, colours);
  mosaic.samples = *Image<std::uint16_t>::create(size);
  mosaic.active = active;
  mosaic.crop = active;
  mosaic.levels.black.counts = {100.0F};
  mosaic.levels.white = {1100, 1100, 1100, 1100};
  mosaic.camera.as_shot_wb = {2.0, 1.0, 1.6};
  return mosaic;
}

Image<std::uint8_t> preview_of_grey(const Mosaic& mosaic, int long_side) {
  constexpr std::array kNeutral{0.2F, 0.4F, 0.25F};
  PreviewAccumulator preview(mosaic, long_side);
  std::vector<float> row(static_cast<std::size_t>(mosaic.active.width));
  for (int y = 0; y < mosaic.active.height; ++y) {
    for (int x = 0; x < mosaic.active.width; ++x) {
      const auto colour = mosaic.cfa.at(x + mosaic.active.x, y + mosaic.active.y);
      row[static_cast<std::size_t>(x)] =
          100.0F + 1000.0F * kNeutral[static_cast<std::size_t>(rgb_index(colour))];
    }
    preview.add_row(y, row.data());
  }
  return *preview.finish();
}

TEST(Preview, ALinearPictureIsShownInItsWhiteBalanceAndPlace) {
  LinearRaw picture;
  picture.crop = {4, 2, 64, 48};
  picture.black = {100, 200, 300};
  picture.white = {1100, 2200, 3300};
  picture.camera.as_shot_wb = {2.0, 1.0, 1.6};
  PreviewAccumulator preview(picture, 16);
  std::vector<float> row(3 * 70);
  for (int y = 0; y < 52; ++y) {
    for (std::size_t x = 0; x < 70; ++x) {
      // Grey to the left of the crop's middle, black to the right; bright outside the crop.
      const bool outside = x < 4 || x >= 68 || y < 2 || y >= 50;
      const float light = outside ? 4.0F : x < 36 ? 1.0F : 0.0F;
      row[3 * x] = 100.0F + 1000.0F * 0.2F * light;
      row[3 * x + 1] = 200.0F + 2000.0F * 0.4F * light;
      row[3 * x + 2] = 300.0F + 3000.0F * 0.25F * light;
    }
    preview.add_row(y, row.data());
  }
  const auto image = preview.finish();
  ASSERT_TRUE(image);
  ASSERT_EQ(image->size(), (Size{16, 12}));
  for (int y = 0; y < 12; ++y) {
    for (int x = 0; x < 16; ++x) {
      const int expected = x < 8 ? image->view().at(0, 0, 1) : 0;
      for (int c = 0; c < 3; ++c) EXPECT_NEAR(image->view().at(x, y, c), expected, 1) << x;
    }
  }
  EXPECT_GT(image->view().at(0, 0, 1), 200);
}

TEST(Preview, AGreySceneIsGreyInEveryPhaseAndPattern) {
  for (const int phase : {0, 1}) {
    const auto bayer = grey_mosaic({67, 50}, {phase, 1 - phase, 64, 48}, "RGGB", 2);
    const auto xtrans = grey_mosaic({67, 50}, {phase, 1 - phase, 64, 48},
                                    "GRGGBGBGBRGRGRGGBGGBGGRGRGRBGBGBGGRG", 6);
    for (const Mosaic* mosaic : {&bayer, &xtrans}) {
      const auto image = preview_of_grey(*mosaic, 16);
      for (int y = 0; y < image.height(); ++y) {
        const auto row = image.view().row(y);
        for (std::size_t x = 0; x < row.size(); x += 3) {
          EXPECT_NEAR(row[x], row[x + 1], 1);
          EXPECT_NEAR(row[x + 2], row[x + 1], 1);
        }
      }
    }
  }
}

TEST(Preview, TheBrightestPercentIsJustBelowWhite) {
  const auto image = preview_of_grey(grey_mosaic({64, 48}, {0, 0, 64, 48}, "RGGB", 2), 16);
  EXPECT_GT(image.view().at(3, 3, 1), 230);
  EXPECT_LT(image.view().at(3, 3, 1), 255);
}

TEST(Preview, TheLongSideIsWhatWasAsked) {
  const auto mosaic = grey_mosaic({640, 480}, {0, 0, 640, 480}, "RGGB", 2);
  EXPECT_LE(preview_of_grey(mosaic, 160).width(), 160);
  EXPECT_GE(preview_of_grey(mosaic, 160).width(), 80);
}

}  // namespace
}  // namespace latent::raw
