// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/colour_interpolation.h"

#include <gtest/gtest.h>

#include <vector>

#include "mosaics.h"
#include "raw/colour_unpack.h"

namespace latent::raw {
namespace {

/// Light of `area` when the rows that come in are the mosaic's own samples.
std::vector<float> light_of(const Mosaic& mosaic, const Encoder& encoder, const Rect& area) {
  const Rect frame{0, 0, mosaic.active.width, mosaic.active.height};
  const Rect seen =
      Rect{area.x - 4, area.y - 4, area.width + 8, area.height + 8}.intersection(frame);
  auto colours = ColourInterpolation::create(mosaic, encoder, seen, area);
  EXPECT_TRUE(colours) << colours.error().sentence;
  std::vector<float> light;
  int next = 0;
  for (int y = 0; y < seen.height; ++y) {
    std::vector<float> counts;
    for (int x = 0; x < seen.width; ++x) {
      counts.push_back(
          mosaic.samples.view().at(mosaic.active.x + seen.x + x, mosaic.active.y + seen.y + y));
    }
    colours->add(y, counts);
    while (const auto done = colours->take()) {
      EXPECT_EQ(done->y, next++);
      light.insert(light.end(), done->light.begin(), done->light.end());
    }
  }
  EXPECT_EQ(next, area.height);
  return light;
}

TEST(ColourInterpolation, AreTheStartOfTheWholeFrameInEveryPart) {
  for (const std::string& letters : {kBayerLetters, kXTransLetters}) {
    MosaicRecipe recipe;
    recipe.letters = letters;
    const Mosaic mosaic = random_mosaic(recipe);
    const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
    ASSERT_TRUE(encoder) << encoder.error().sentence;
    const auto meaning = meaning_of_colours(mosaic, *encoder);
    ColourStart start(mosaic, *encoder, 0, 64);
    for (const Rect& area :
         {Rect{0, 0, 64, 48}, Rect{10, 7, 20, 30}, Rect{0, 40, 3, 8}, Rect{62, 0, 2, 2}}) {
      const std::vector<float> light = light_of(mosaic, *encoder, area);
      ASSERT_EQ(light.size(), static_cast<std::size_t>(3 * area.size().area()));
      std::size_t at = 0;
      for (int y = area.y; y < area.bottom(); ++y) {
        const ColourStart::Row row = start.row(y);
        for (int x = area.x; x < area.right(); ++x) {
          for (std::size_t c = 0; c < 3; ++c, ++at) {
            const float u = std::max(0.0F, row.start[c][static_cast<std::size_t>(x)]);
            const float count = u * u * meaning[c].back_scale + meaning[c].back_shift;
            ASSERT_NEAR(light[at], (count - meaning[c].black) * meaning[c].to_light, 0.05F)
                << x << ", " << y;
          }
        }
      }
    }
  }
}

TEST(ColourInterpolation, ASiteKeepsItsOwnLight) {
  const Mosaic mosaic = random_mosaic({});
  const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
  const std::vector<float> light = light_of(mosaic, *encoder, {0, 0, 64, 48});
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      const auto c = static_cast<std::size_t>(encoder->at(x, y).colour);
      const auto count = static_cast<float>(mosaic.samples.view().at(3 + x, 1 + y));
      const float wanted = (count - 512.0F) / (15000.0F - 512.0F) * kColourWhite;
      if (wanted < 0.0F) continue;  // the root ends a little below black
      ASSERT_NEAR(light[static_cast<std::size_t>(3 * (64 * y + x)) + c], wanted, 0.5F)
          << x << ", " << y;
    }
  }
}

}  // namespace
}  // namespace latent::raw
