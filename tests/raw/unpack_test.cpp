// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/unpack.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "mosaics.h"
#include "raw/pack.h"

namespace latent::raw {
namespace {

struct Unpacked {
  std::vector<float> counts;
  std::vector<std::uint16_t> source;
};

/// Row `y` of the frame with one residual for all its sites.
Unpacked unpacked(const Mosaic& mosaic, int y, float residual, double strength,
                  const NoiseModel& noise = noise_of(0.0005, 1e-6)) {
  const auto encoder = Encoder::create(mosaic, noise, kTestLimits);
  const int width = mosaic.active.width;
  const Unpacker unpacker(mosaic, *encoder, 0, width, strength);
  Unpacked result;
  result.counts.resize(static_cast<std::size_t>(width));
  const std::vector<float> residuals(result.counts.size(), residual);
  unpacker.row(y, residuals, result.counts);
  const auto row = mosaic.samples.view().crop(mosaic.active).row(y);
  result.source.assign(row.begin(), row.end());
  return result;
}

TEST(Unpack, StrengthZeroIsTheSourceWhateverTheResidual) {
  for (const std::string& letters : {kBayerLetters, kXTransLetters, std::string()}) {
    for (int phase = 0; phase < 18; ++phase) {
      for (const int bits : {10, 12, 14, 16}) {
        MosaicRecipe recipe;
        recipe.letters = letters;
        recipe.phase = {phase % 3, phase / 3};
        recipe.bits = bits;
        recipe.black = {60.0F, 64.0F, 68.0F, 61.0F};
        recipe.white = static_cast<float>((1 << bits) - 24);
        const Mosaic mosaic = random_mosaic(recipe);
        const auto row = unpacked(mosaic, 5, std::numeric_limits<float>::quiet_NaN(), 0.0);
        for (std::size_t i = 0; i < row.counts.size(); ++i) {
          ASSERT_EQ(row.counts[i], static_cast<float>(row.source[i]));
        }
      }
    }
  }
}

TEST(Unpack, WithoutAResidualTheSourceComesBackToAThousandthOfACount) {
  Mosaic mosaic = random_mosaic({});
  for (int y = 0; y < mosaic.samples.height(); ++y) {
    for (auto& sample : mosaic.samples.view().row(y)) {
      sample = std::max<std::uint16_t>(sample, 512);  // darker ones may fall under the root
    }
  }
  const auto row = unpacked(mosaic, 0, 0.0F, 1.0);
  for (std::size_t i = 0; i < row.counts.size(); ++i) {
    EXPECT_NEAR(row.counts[i], row.source[i], 0.01);
  }
}

TEST(Unpack, HalfStrengthIsHalfWayInCounts) {
  const Mosaic mosaic = random_mosaic({});
  const auto full = unpacked(mosaic, 3, 0.02F, 1.0);
  const auto half = unpacked(mosaic, 3, 0.02F, 0.5);
  for (std::size_t i = 0; i < full.counts.size(); ++i) {
    EXPECT_NEAR(half.counts[i], 0.5F * (full.counts[i] + static_cast<float>(full.source[i])), 0.01);
  }
}

TEST(Unpack, TheResidualIsTakenAwayInU) {
  MosaicRecipe recipe;
  recipe.letters = "";
  recipe.black = {0.0F};
  recipe.white = 10000.0F;
  Mosaic mosaic = random_mosaic(recipe);
  mosaic.samples.view().crop(mosaic.active).at(0, 0) = 4900;  // x = 0.49
  const double a = 0.0004;
  const auto row = unpacked(mosaic, 0, 0.1F, 1.0, noise_of(a, 0.0));
  const double offset = 0.375 * a + 1.0 / (12.0 * 1e8) / a;
  const double u = std::sqrt(0.49 + offset) - 0.1;
  EXPECT_NEAR(row.counts[0], 1e4 * (u * u - offset), 0.05);
}

/// Mono, black 0, white 10000; its first row is clipped.
Mosaic blown_mosaic() {
  MosaicRecipe recipe;
  recipe.letters = "";
  recipe.black = {0.0F};
  recipe.white = 10000.0F;
  Mosaic mosaic = random_mosaic(recipe);
  const auto active = mosaic.samples.view().crop(mosaic.active);
  for (auto& sample : active.row(0)) sample = 10000;
  return mosaic;
}

TEST(Unpack, AClippedSiteStaysOnlyWhereTheDenoisedValueAgrees) {
  const Mosaic mosaic = blown_mosaic();
  // sigma at white is sqrt(0.0004) = 0.02: a denoised value within half of that agrees.
  const auto agrees = unpacked(mosaic, 0, 0.004F, 1.0, noise_of(0.0004, 0.0));
  EXPECT_EQ(agrees.counts[7], 10000.0F);
  // A merely bright place, two sigma below white: its peaks are noise.
  const auto bright = unpacked(mosaic, 0, 0.02F, 1.0, noise_of(0.0004, 0.0));
  EXPECT_NEAR(bright.counts[7], 9604.0F, 10.0F);
  const auto peak = unpacked(mosaic, 0, 0.2F, 1.0, noise_of(0.0004, 0.0));
  EXPECT_LT(peak.counts[7], 7000.0F);
}

TEST(Unpack, TheHighlightMarginFollowsTheNoise) {
  const Mosaic mosaic = blown_mosaic();
  // sigma 0.001: three of them, 0.003. A residual of r takes 2 r away at white.
  EXPECT_EQ(unpacked(mosaic, 0, 0.001F, 1.0, noise_of(1e-6, 0.0)).counts[7], 10000.0F);
  EXPECT_LT(unpacked(mosaic, 0, 0.002F, 1.0, noise_of(1e-6, 0.0)).counts[7], 9970.0F);
  // sigma 0.2: half of it.
  EXPECT_EQ(unpacked(mosaic, 0, 0.04F, 1.0, noise_of(0.04, 0.0)).counts[7], 10000.0F);
  EXPECT_LT(unpacked(mosaic, 0, 0.06F, 1.0, noise_of(0.04, 0.0)).counts[7], 9000.0F);
}

TEST(Unpack, WhereClippingIsUndoneOnlyWhiteItselfStaysClipped) {
  const Mosaic mosaic = blown_mosaic();
  const NoiseModel noise = noise_of(0.0144, 0.0);  // sigma 0.12 at white
  const auto encoder = Encoder::create(mosaic, noise, kTestLimits, noise);
  ASSERT_TRUE(encoder);
  const auto width = static_cast<std::size_t>(mosaic.active.width);
  const Unpacker unpacker(mosaic, *encoder, 0, mosaic.active.width, 1.0);
  std::vector<float> counts(width);
  unpacker.row(0, std::vector<float>(width, 0.02F), counts);  // 0.33 sigma below: half are cut
  EXPECT_EQ(counts[7], 10000.0F);
  // A mean half a sigma below white is that of light 0.14 sigma below it, and has clipped sites.
  unpacker.row(0, std::vector<float>(width, 0.03F), counts);
  EXPECT_GT(counts[7], 9700.0F);
  EXPECT_LT(counts[7], 9900.0F);
}

TEST(Unpack, APartOfARowHasThePixelsOfTheWhole) {
  for (const std::string& letters : {kBayerLetters, kXTransLetters, std::string()}) {
    MosaicRecipe recipe;
    recipe.letters = letters;
    recipe.size = {2200, 9};
    recipe.active = {3, 1, 2190, 7};
    recipe.black = {60.0F, 64.0F, 68.0F, 61.0F};
    const Mosaic mosaic = random_mosaic(recipe);
    const NoiseModel noise = noise_of(0.01, 1e-4);
    const auto encoder = Encoder::create(mosaic, noise, kTestLimits, noise);
    ASSERT_TRUE(encoder);
    std::vector<float> residual(2190);
    for (std::size_t x = 0; x < residual.size(); ++x) {
      residual[x] = 0.01F * static_cast<float>(x % 7) - 0.02F;
    }
    std::vector<float> whole(residual.size());
    const Unpacker unpacker(mosaic, *encoder, 0, 2190, 0.75);
    for (int y = 0; y < 7; ++y) {
      unpacker.row(y, residual, whole);
      for (const int first : {0, 1, 509, 527, 1101, 2189}) {
        const auto at = static_cast<std::size_t>(first);
        const std::size_t width = std::min<std::size_t>(600, whole.size() - at);
        std::vector<float> part(width);
        Unpacker(mosaic, *encoder, first, static_cast<int>(width), 0.75)
            .row(y, std::span(residual).subspan(at, width), part);
        for (std::size_t x = 0; x < width; ++x) {
          ASSERT_EQ(part[x], whole[at + x]) << letters << " " << first << " + " << x << ", " << y;
        }
      }
    }
  }
}

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(Unpack, TheMemoryOfALongPeriodDoesNotGrowWithTheWidth) {
  MosaicRecipe recipe;
  recipe.size = {65000, 8};
  recipe.active = {0, 0, 65000, 8};
  Mosaic mosaic = random_mosaic(recipe);
  mosaic.levels.black.period = {1, 211};  // with Bayer 422 rows; each as wide as the frame: 650 MB
  mosaic.levels.black.counts.assign(211, 512.0F);
  mosaic.levels.black.counts[7] = 600.0F;
  const auto encoder = Encoder::create(mosaic, noise_of(0.0005, 1e-6), kTestLimits);
  ASSERT_TRUE(encoder);
  const long before = peak_kib();
  const Unpacker unpacker(mosaic, *encoder, 0, 65000, 1.0);
  EXPECT_LT(peak_kib() - before, 64 * 1024);
  const std::vector<float> residual(65000, 0.0F);
  std::vector<float> counts(65000);
  unpacker.row(7, residual, counts);
  const auto source = mosaic.samples.view().row(7);
  for (std::size_t x = 0; x < counts.size(); ++x) {
    if (source[x] > 700) {
      ASSERT_NEAR(counts[x], source[x], 0.01) << x;
    }
  }
}

TEST(Unpack, ValuesBelowBlackAndAboveWhiteSurvive) {
  MosaicRecipe recipe;
  recipe.letters = "";
  recipe.white = 9000.0F;
  Mosaic mosaic = random_mosaic(recipe);
  const auto active = mosaic.samples.view().crop(mosaic.active);
  active.at(0, 0) = 400;  // below black 512
  active.at(1, 0) = 12000;
  const auto row = unpacked(mosaic, 0, 0.0F, 1.0, noise_of(0.004, 1e-4));
  EXPECT_NEAR(row.counts[0], 400.0, 0.01);
  EXPECT_NEAR(row.counts[1], 12000.0, 0.01);
}

TEST(StoreRow, RoundsScalesAndKeepsWithinSixteenBits) {
  const std::vector<float> counts{100.4F, 100.125F, -3.0F, 20000.0F};
  std::vector<std::uint16_t> stored(4);
  store_row(std::span<const float>(counts), 2, 0, stored);
  EXPECT_EQ(stored, (std::vector<std::uint16_t>{402, 401, 0, 65535}));
  store_row(std::span<const float>(counts), 0, 50, stored);
  EXPECT_EQ(stored, (std::vector<std::uint16_t>{150, 150, 47, 20050}));
}

TEST(StoreRow, SourceSamplesAreExactInEveryContainer) {
  for (const int bits : {10, 12, 14, 16}) {
    std::vector<std::uint16_t> counts;
    for (int value = 0; value < (1 << bits); value += 3) {
      counts.push_back(static_cast<std::uint16_t>(value));
    }
    std::vector<std::uint16_t> stored(counts.size());
    store_row(std::span<const std::uint16_t>(counts), 16 - bits, 0, stored);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      ASSERT_EQ(stored[i] >> (16 - bits), counts[i]);
      ASSERT_EQ(stored[i] & ((1 << (16 - bits)) - 1), 0);
    }
    const std::vector<float> as_float(counts.begin(), counts.end());
    std::vector<std::uint16_t> from_float(counts.size());
    store_row(std::span<const float>(as_float), 16 - bits, 0, from_float);
    EXPECT_EQ(from_float, stored);
  }
}

}  // namespace
}  // namespace latent::raw
