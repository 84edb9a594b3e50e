// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/pack.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mosaics.h"

namespace latent::raw {
namespace {

/// What stands at plane `plane` of the site (x, y) of the tile.
float unshuffled(const Tensor& planes, int plane, int x, int y) {
  const int channel = plane * 4 + (y % 2) * 2 + x % 2;
  return planes.view().plane(
      channel)[static_cast<std::size_t>((y / 2) * planes.shape().width + x / 2)];
}

/// Every value of a tile against the definition, site by site.
void expect_as_defined(const Mosaic& mosaic, const Rect& tile) {
  const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
  ASSERT_TRUE(encoder) << encoder.error().sentence;
  auto planes = Tensor::create({1, 20, tile.height / 2, tile.width / 2});
  ASSERT_TRUE(planes);
  const auto packed = pack(mosaic, *encoder, tile, planes->view());
  ASSERT_TRUE(packed) << packed.error().sentence;
  const auto active = mosaic.samples.view().crop(mosaic.active);
  for (int y = 0; y < tile.height; ++y) {
    for (int x = 0; x < tile.width; ++x) {
      const int fx = mirror_index(tile.x + x, active.width());
      const int fy = mirror_index(tile.y + y, active.height());
      const SiteCode& site = encoder->at(fx, fy);
      const float inside = static_cast<float>(active.at(fx, fy)) * site.scale + site.shift;
      ASSERT_NEAR(unshuffled(*planes, 0, x, y), std::sqrt(std::max(0.0F, inside)), 1e-6)
          << x << ", " << y;
      ASSERT_EQ(unshuffled(*planes, 1, x, y), site.sigma_u);
      for (int colour = 0; colour < 3; ++colour) {
        ASSERT_EQ(unshuffled(*planes, 2 + colour, x, y), colour == site.colour ? 1.0F : 0.0F);
      }
      ASSERT_EQ(site.colour, rgb_index(mosaic.cfa.at(fx + mosaic.active.x, fy + mosaic.active.y)));
    }
  }
}

TEST(Pack, IsTheDefinitionInsideAndBeyondEveryEdgeOfABayerFrame) {
  for (const Point phase : {Point{0, 0}, Point{1, 0}, Point{0, 1}, Point{1, 1}}) {
    MosaicRecipe recipe;
    recipe.phase = phase;
    recipe.active = {3, 1, 63, 47};  // odd sides: the mirror changes no colour
    const Mosaic mosaic = random_mosaic(recipe);
    expect_as_defined(mosaic, {16, 16, 32, 16});
    expect_as_defined(mosaic, {-16, -16, 96, 80});
  }
}

TEST(Pack, IsTheDefinitionInEveryPhaseOfXTrans) {
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 3; ++x) {
      MosaicRecipe recipe;
      recipe.letters = kXTransLetters;
      recipe.phase = {x, y};
      expect_as_defined(random_mosaic(recipe), {-16, 16, 96, 48});
    }
  }
}

TEST(Pack, AMonoSensorIsAllGreenWithoutWhiteBalance) {
  MosaicRecipe recipe;
  recipe.letters = "";
  expect_as_defined(random_mosaic(recipe), {0, -16, 64, 48});
}

TEST(Pack, TakesPerSiteBlackLevels) {
  MosaicRecipe recipe;
  recipe.black = {100.0F, 200.0F, 300.0F, 400.0F};
  expect_as_defined(random_mosaic(recipe), {-16, -16, 96, 80});
}

TEST(Pack, NothingIsClippedAboveWhite) {
  MosaicRecipe recipe;
  recipe.white = 2000.0F;  // most samples are far above
  expect_as_defined(random_mosaic(recipe), {0, 0, 64, 48});
}

#ifdef NDEBUG
TEST(Pack, RefusesAShapeThatIsNotTheTiles) {
  const Mosaic mosaic = random_mosaic({});
  const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
  auto planes = Tensor::create({1, 20, 8, 8});
  EXPECT_EQ(pack(mosaic, *encoder, {0, 0, 32, 32}, planes->view()).error().code,
            ErrorCode::Internal);
}
#endif

}  // namespace
}  // namespace latent::raw
