// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/colour_start.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mosaics.h"
#include "raw/pack.h"

namespace latent::raw {
namespace {

constexpr std::array<double, 9> kTent{1, 2, 3, 4, 5, 4, 3, 2, 1};

/// By the definition, site by site.
std::array<double, 3> defined(const Mosaic& mosaic, const Encoder& encoder, int x, int y) {
  const auto active = mosaic.samples.view().crop(mosaic.active);
  const auto u_at = [&](int fx, int fy) {
    const SiteCode& site = encoder.at(fx, fy);
    return std::sqrt(
        std::max(0.0F, static_cast<float>(active.at(fx, fy)) * site.scale + site.shift));
  };
  std::array<double, 3> sum{};
  std::array<double, 3> weight{};
  for (int dy = -4; dy <= 4; ++dy) {
    for (int dx = -4; dx <= 4; ++dx) {
      const int fx = mirror_index(x + dx, active.width());
      const int fy = mirror_index(y + dy, active.height());
      const auto c = static_cast<std::size_t>(encoder.at(fx, fy).colour);
      const double each =
          kTent[static_cast<std::size_t>(dy + 4)] * kTent[static_cast<std::size_t>(dx + 4)];
      sum[c] += each * static_cast<double>(u_at(fx, fy));
      weight[c] += each;
    }
  }
  const int fx = mirror_index(x, active.width());
  const int fy = mirror_index(y, active.height());
  const auto own = static_cast<std::size_t>(encoder.at(fx, fy).colour);
  const auto u = static_cast<double>(u_at(fx, fy));
  std::array<double, 3> start{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double mean = weight[c] > 0 ? sum[c] / weight[c] : 0.0;
    start[c] = c == own ? u : mean + u - sum[own] / weight[own];
  }
  return start;
}

void expect_as_defined(const MosaicRecipe& recipe, const Rect& part) {
  const Mosaic mosaic = random_mosaic(recipe);
  const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
  ASSERT_TRUE(encoder) << encoder.error().sentence;
  ColourStart start(mosaic, *encoder, part.x, part.width);
  for (int y = part.y; y < part.bottom(); ++y) {
    const ColourStart::Row row = start.row(y);
    for (int x = part.x; x < part.right(); ++x) {
      const auto at = static_cast<std::size_t>(x - part.x);
      const std::array<double, 3> wanted = defined(mosaic, *encoder, x, y);
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(static_cast<double>(row.start[c][at]), wanted[c], 2e-6) << x << ", " << y;
        if (row.is[c][at] == 1.0F) {
          ASSERT_EQ(row.start[c][at], row.u[at]);
        }
      }
    }
  }
}

TEST(ColourStart, IsTheDefinitionInEveryPhaseOfBayerAndBeyondTheFrame) {
  for (const Point phase : {Point{0, 0}, Point{1, 0}, Point{0, 1}, Point{1, 1}}) {
    MosaicRecipe recipe;
    recipe.phase = phase;
    recipe.active = {3, 1, 63, 47};
    expect_as_defined(recipe, {-6, -7, 76, 60});
  }
}

TEST(ColourStart, IsTheDefinitionInEveryPhaseOfXTrans) {
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 3; ++x) {
      MosaicRecipe recipe;
      recipe.letters = kXTransLetters;
      recipe.phase = {x, y};
      expect_as_defined(recipe, {5, 3, 30, 24});
    }
  }
}

TEST(ColourStart, TakesRowsInAnyOrder) {
  const Mosaic mosaic = random_mosaic({});
  const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
  ColourStart one(mosaic, *encoder, 4, 20);
  ColourStart other(mosaic, *encoder, 4, 20);
  for (int y = 0; y < 20; ++y) (void)one.row(y);
  for (const int y : {19, 3, 30, 4}) {
    const ColourStart::Row a = one.row(y);
    const std::vector<float> kept(a.start[0].begin(), a.start[0].end());
    const ColourStart::Row b = other.row(y);
    ASSERT_TRUE(std::equal(kept.begin(), kept.end(), b.start[0].begin()));
  }
}

TEST(PackColours, HasThePlanesOfACfaNetworkAndTheStart) {
  MosaicRecipe recipe;
  recipe.letters = kXTransLetters;
  const Mosaic mosaic = random_mosaic(recipe);
  const auto encoder = Encoder::create(mosaic, noise_of(0.001, 1e-6), kTestLimits);
  const Rect tile{-16, 0, 64, 32};
  auto cfa = Tensor::create({1, 20, 16, 32});
  auto colours = Tensor::create({1, 32, 16, 32});
  ASSERT_TRUE(pack(mosaic, *encoder, tile, cfa->view()));
  ASSERT_TRUE(pack_colours(mosaic, *encoder, tile, colours->view()));
  for (int channel = 0; channel < 20; ++channel) {
    const auto wanted = cfa->view().plane(channel);
    ASSERT_TRUE(std::equal(wanted.begin(), wanted.end(), colours->view().plane(channel).begin()))
        << channel;
  }
  for (int y = 0; y < tile.height; ++y) {
    for (int x = 0; x < tile.width; ++x) {
      const std::array<double, 3> wanted = defined(mosaic, *encoder, tile.x + x, tile.y + y);
      for (int c = 0; c < 3; ++c) {
        const int channel = (5 + c) * 4 + (y % 2) * 2 + x % 2;
        const auto at = static_cast<std::size_t>((y / 2) * 32 + x / 2);
        ASSERT_NEAR(static_cast<double>(colours->view().plane(channel)[at]),
                    wanted[static_cast<std::size_t>(c)], 2e-6);
      }
    }
  }
}

}  // namespace
}  // namespace latent::raw
