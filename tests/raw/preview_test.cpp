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
