// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

// Floating-point DNGs: merges of several exposures.
namespace latent::read {
namespace {

using test::TinyDng;
using test::write_dng;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Values that 16 bits hold exactly: light over ten stops, times `scale`.
TinyDng float_dng(Size size = {37, 29}, int planes = 1, float scale = 1) {
  TinyDng dng;
  dng.size = size;
  dng.planes = planes;
  if (planes == 3) dng.cfa.clear();
  dng.bits = 32;
  dng.black = {0};
  dng.raw_tags[50717] = scale < 1 ? test::rationals({double{scale}})
                                  : test::longs({static_cast<std::uint32_t>(scale)});
  std::uint32_t state = 1;
  for (std::int64_t i = 0; i < size.area() * planes; ++i) {
    state = state * 1664525U + 1013904223U;
    const auto fraction = static_cast<float>(1024 + (state >> 8U & 1023U));
    const auto stop = static_cast<int>(state >> 20U & 7U);
    dng.floats.push_back(std::ldexp(fraction, -11 - stop) * scale);
  }
  return dng;
}

void expect_floats(const ExactFloats& exact, const TinyDng& dng) {
  ASSERT_EQ(exact.samples.size(), dng.size);
  for (int y = 0; y < dng.size.height; ++y) {
    const auto row = exact.samples.view().row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      const float expected = dng.floats[static_cast<std::size_t>(y) * row.size() + x];
      ASSERT_EQ(std::bit_cast<std::uint32_t>(row[x]), std::bit_cast<std::uint32_t>(expected))
          << x << ", " << y;
    }
  }
}

Photograph opened(const TinyDng& dng) {
  auto photograph = Photograph::open(write_dng("float.dng", dng));
  EXPECT_TRUE(photograph) << photograph.error().sentence;
  return *photograph;
}

struct Coding {
  int bits;
  int predictor;  ///< 0: uncompressed
  bool big_endian;
  Size tile;
  int planes;
};

std::vector<Coding> every_coding() {
  std::vector<Coding> codings;
  for (const int bits : {16, 24, 32}) {
    for (const int predictor : {0, 1, 3, 34894, 34895}) {
      for (const bool big_endian : {false, true}) {
        codings.push_back({bits, predictor, big_endian, {}, 1});
        codings.push_back({bits, predictor, big_endian, {16, 16}, 1});
        codings.push_back({bits, predictor, big_endian, {16, 16}, 3});
      }
    }
  }
  return codings;
}

class EveryFloat : public ::testing::TestWithParam<Coding> {};

TEST_P(EveryFloat, ComesBackBitForBit) {
  const Coding& coding = GetParam();
  TinyDng dng = float_dng({37, 29}, coding.planes);
  dng.bits = coding.bits;
  dng.deflate = coding.predictor;
  dng.big_endian = coding.big_endian;
  dng.tile = coding.tile;
  dng.rows_per_strip = 7;
  const Photograph photograph = opened(dng);
  EXPECT_TRUE(photograph.raw_facts()->is_float);
  EXPECT_EQ(photograph.raw_facts()->bits_per_sample, coding.bits);
  const auto exact = photograph.exact_floats();
  ASSERT_TRUE(exact) << exact.error().sentence;
  expect_floats(*exact, dng);
  EXPECT_EQ(photograph.kind(),
            coding.planes == 3 ? PhotographKind::RawLinear : PhotographKind::RawMosaic);
}

INSTANTIATE_TEST_SUITE_P(Dng, EveryFloat, ::testing::ValuesIn(every_coding()));

TEST(FloatDng, ItsMosaicHoldsTheSameLightInCounts) {
  for (const float scale : {1.0F, 0.7F, 16383.0F, 65535.0F, 3e5F}) {
    const TinyDng dng = float_dng({64, 48}, 1, scale);
    const Photograph photograph = opened(dng);
    const auto mosaic = photograph.mosaic();
    ASSERT_TRUE(mosaic) << mosaic.error().sentence;
    EXPECT_THAT(photograph.raw_facts()->notices, IsEmpty());
    const float black = mosaic->levels.black.at(0, 0);
    const float range = mosaic->levels.white[1] - black;
    EXPECT_GT(range, 60000);
    double worst = 0;
    for (int y = 0; y < 48; ++y) {
      for (int x = 0; x < 64; ++x) {
        const double light = (mosaic->samples.view().at(x, y) - black) / range;
        const double expected = dng.floats[static_cast<std::size_t>(y * 64 + x)] / scale;
        worst = std::max(worst, std::abs(light - expected));
      }
    }
    EXPECT_LT(worst, 0.51 / 60000) << scale;
    const auto picture = photograph.picture();
    ASSERT_TRUE(picture) << picture.error().sentence;
    const auto rendering = photograph.rendering<std::uint8_t>();
    ASSERT_TRUE(rendering) << rendering.error().sentence;
  }
}

TEST(FloatDng, ValuesBelowBlackAndTwoStopsAboveWhiteAreKept) {
  TinyDng dng = float_dng({64, 48});
  dng.floats[5] = -0.125F;
  dng.floats[6] = 3.5F;
  dng.floats[7] = 100;  // a stray one costs the others no depth
  const Photograph photograph = opened(dng);
  const auto mosaic = photograph.mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  const float black = mosaic->levels.black.at(0, 0);
  const float range = mosaic->levels.white[1] - black;
  EXPECT_GT(range, 15000);
  EXPECT_NEAR((mosaic->samples.view().at(5, 0) - black) / range, -0.125, 1e-4);
  EXPECT_NEAR((mosaic->samples.view().at(6, 0) - black) / range, 3.5, 1e-4);
  EXPECT_EQ(mosaic->samples.view().at(7, 0), 65535);
}

TEST(FloatDng, WhatIsNoNumberIsBlackAndNamed) {
  TinyDng dng = float_dng({64, 48});
  dng.floats[5] = std::numeric_limits<float>::quiet_NaN();
  dng.floats[6] = std::numeric_limits<float>::infinity();
  const Photograph photograph = opened(dng);
  const auto mosaic = photograph.mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->samples.view().at(5, 0), std::lround(mosaic->levels.black.at(0, 0)));
  EXPECT_THAT(photograph.raw_facts()->notices, ElementsAre(HasSubstr("2 samples are no numbers")));
}

TEST(FloatDng, WithoutAWhiteLevelIsWhiteAtOne) {
  TinyDng dng = float_dng({64, 48});
  dng.raw_tags[50717] = test::shorts({});
  EXPECT_EQ(opened(dng).raw_facts()->levels.white[1], 1);
}

TEST(FloatDng, AWhiteThatMostSamplesExceedIsRaised) {
  TinyDng dng = float_dng({64, 48}, 1, 4096);
  dng.raw_tags[50717] = test::longs({1});
  const Photograph photograph = opened(dng);
  const auto mosaic = photograph.mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_THAT(photograph.raw_facts()->notices, ElementsAre(HasSubstr("contradict its samples")));
  EXPECT_GT(mosaic->levels.white[1], 60000);
}

TEST(FloatDng, ItsActiveAreaAndPatternAreThoseOfTheHeader) {
  TinyDng dng = float_dng({64, 48});
  dng.active = Rect{3, 5, 56, 40};
  dng.cfa = {1, 2, 0, 1};
  const auto mosaic = opened(dng).mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->active, *dng.active);
  EXPECT_EQ(mosaic->cfa.shifted({3, 5}).letters(), "GBRG");
}

TEST(FloatDng, BytesOfAnotherWidthThanStatedDecide) {
  TinyDng dng = float_dng({64, 48});
  dng.raw_tags[258] = test::shorts({16});
  const Photograph photograph = opened(dng);
  const auto exact = photograph.exact_floats();
  ASSERT_TRUE(exact) << exact.error().sentence;
  expect_floats(*exact, dng);
  EXPECT_THAT(photograph.raw_facts()->notices, ElementsAre(HasSubstr("says 16 bits a sample")));
}

TEST(FloatDng, OfAPredictorThatNobodyKnowsIsUnsupported) {
  TinyDng dng = float_dng();
  dng.deflate = 3;
  dng.raw_tags[317] = test::longs({34896});
  const auto path = write_dng("unknown.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(mosaic.error().sentence, HasSubstr("deflate, 32 bits, predictor 34896"));
  test::expect_one_sentence(mosaic.error(), path);
}

TEST(FloatDng, ThatIsNoneHasNoExactFloats) {
  TinyDng dng;
  dng.samples = test::busy_samples(dng.size);
  const auto exact = opened(dng).exact_floats();
  ASSERT_FALSE(exact);
  EXPECT_EQ(exact.error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace latent::read
