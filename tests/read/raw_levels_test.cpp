// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

// Levels that contradict the samples, and those that only look as if they did.
namespace latent::read {
namespace {

using test::TinyDng;
using test::write_dng;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A scene of 12 bits with black 256: light that rises from left to right, `exposure` times white
/// at its end, with a little noise.
TinyDng scene(double exposure = 0.8, Size size = {96, 64}) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, 3);
  TinyDng dng;
  dng.size = size;
  dng.black = {256};
  dng.white = 4095;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double light = exposure * (x + 1) / size.width * (4095 - 256);
      const double count = std::clamp(256 + light + noise(random), 0.0, 4095.0);
      dng.samples.push_back(static_cast<std::uint16_t>(count));
    }
  }
  return dng;
}

struct Read {
  Mosaic mosaic;
  std::vector<std::string> notices;
};

Read read(const TinyDng& dng) {
  const auto photograph = Photograph::open(write_dng("levels.dng", dng));
  EXPECT_TRUE(photograph) << photograph.error().sentence;
  if (!photograph) return {};
  auto mosaic = photograph->mosaic();
  EXPECT_TRUE(mosaic) << mosaic.error().sentence;
  if (!mosaic) return {};
  // Whoever looks sees the same levels.
  EXPECT_EQ(photograph->raw_facts()->levels.white, mosaic->levels.white);
  EXPECT_EQ(photograph->raw_facts()->levels.black.counts, mosaic->levels.black.counts);
  const auto picture = photograph->picture();
  EXPECT_TRUE(picture) << picture.error().sentence;
  return {*std::move(mosaic), photograph->raw_facts()->notices};
}

TEST(Levels, ThatFitPassWithoutAWord) {
  for (const double exposure : {0.001, 0.05, 0.8, 1.0, 3.0, 40.0}) {  // underexposed, all blown
    TinyDng dng = scene(exposure);
    const Read found = read(dng);
    EXPECT_THAT(found.notices, IsEmpty()) << exposure;
    EXPECT_EQ(found.mosaic.levels.white[1], 4095);
    EXPECT_EQ(found.mosaic.levels.black.at(0, 0), 256);
  }
}

TEST(Levels, OfAFrameTakenInTheDarkPass) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(254, 8);  // a little below the stated black
  TinyDng dng = scene();
  for (auto& sample : dng.samples) {
    sample = static_cast<std::uint16_t>(std::max(0.0, std::round(noise(random))));
  }
  EXPECT_THAT(read(dng).notices, IsEmpty());
}

TEST(Levels, ThatACameraClipsABitAboveWhitePass) {
  TinyDng dng = scene(20);  // most of it is blown
  dng.white = 3900;
  EXPECT_THAT(read(dng).notices, IsEmpty());
}

TEST(Levels, AWhiteThatMostSamplesExceedIsRaised) {
  for (const double white : {300.0, 511.0, 1023.0}) {
    TinyDng dng = scene();
    dng.white = white;
    const Read found = read(dng);
    EXPECT_EQ(found.mosaic.levels.white[1], 4095) << white;
    EXPECT_EQ(found.mosaic.levels.black.at(0, 0), 256) << white;
    EXPECT_THAT(found.notices, ElementsAre(HasSubstr("contradict its samples")));
  }
}

TEST(Levels, OfSamplesInTheUpperBitsAreShiftedWithThem) {
  TinyDng dng = scene();
  for (auto& sample : dng.samples) sample = static_cast<std::uint16_t>(sample << 4U);
  const Read found = read(dng);
  EXPECT_EQ(found.mosaic.levels.white[1], 4095 * 16);
  EXPECT_EQ(found.mosaic.levels.black.at(0, 0), 256 * 16);
  EXPECT_THAT(found.notices, ElementsAre(HasSubstr("contradict its samples")));
}

TEST(Levels, OfSixteenBitsForSamplesOfTwelveAreShiftedDown) {
  TinyDng dng = scene();
  dng.black = {4096};
  dng.white = 65520;
  const Read found = read(dng);
  EXPECT_EQ(found.mosaic.levels.white[1], 4095);
  EXPECT_EQ(found.mosaic.levels.black.at(0, 0), 256);
  EXPECT_THAT(found.notices, ElementsAre(HasSubstr("contradict its samples")));
}

TEST(Levels, ABlackThatMostSamplesLieBelowIsRefusedWithWhatHelps) {
  for (const double black : {2500.0, 3000.0}) {
    TinyDng dng = scene();
    dng.black = {black};
    const auto path = write_dng("black.dng", dng);
    const auto photograph = Photograph::open(path);
    ASSERT_TRUE(photograph) << photograph.error().sentence;
    for (const auto& error : {photograph->mosaic().error(), photograph->picture().error(),
                              photograph->rendering<std::uint8_t>().error()}) {
      EXPECT_EQ(error.code, ErrorCode::Corrupt);
      EXPECT_THAT(error.sentence, HasSubstr("most of its samples lie below its black level"));
      test::expect_one_sentence(error, path);
    }
  }
}

TEST(Levels, AWhiteThatNoSampleCanReachIsLowered) {
  TinyDng dng = scene();
  dng.bits = 12;
  dng.white = 65535;
  const Read found = read(dng);
  EXPECT_EQ(found.mosaic.levels.white[1], 4095);
  EXPECT_THAT(found.notices, ElementsAre(HasSubstr("white level of 65535")));
}

TEST(Levels, AWhiteOfOneTooMuchIsTakenForTheLargestSample) {
  for (const auto& [bits, white] : {std::pair{12, 4096.0}, std::pair{16, 65536.0}}) {
    TinyDng dng = scene();
    dng.bits = bits;
    dng.white = white;
    const Read found = read(dng);
    EXPECT_EQ(found.mosaic.levels.white[1], white - 1);
    EXPECT_THAT(found.notices, IsEmpty());
  }
}

TEST(Levels, OfLinearRawAreHeldAgainstTheSamplesToo) {
  TinyDng dng = scene();
  dng.cfa.clear();
  dng.planes = 3;
  std::vector<std::uint16_t> three;
  for (const std::uint16_t sample : dng.samples) three.insert(three.end(), 3, sample);
  dng.samples = three;
  dng.black = {256, 256, 256};
  dng.white = 500;
  const auto photograph = Photograph::open(write_dng("linear.dng", dng));
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  const auto linear = photograph->linear();
  ASSERT_TRUE(linear) << linear.error().sentence;
  EXPECT_EQ(linear->white, (std::array<float, 3>{4095, 4095, 4095}));
  EXPECT_EQ(photograph->raw_facts()->levels.white[1], 4095);
  EXPECT_THAT(photograph->raw_facts()->notices, ElementsAre(HasSubstr("contradict its samples")));
}

}  // namespace
}  // namespace latent::read
