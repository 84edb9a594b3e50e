// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/stored_samples.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace latent::read {
namespace {

using ::testing::ElementsAre;

template <class Stored, std::size_t N>
std::array<std::uint8_t, N * sizeof(Stored)> bytes_of(const std::array<Stored, N>& values) {
  std::array<std::uint8_t, N * sizeof(Stored)> bytes{};
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

TEST(StoredSamples, KnowWhatTheyBecome) {
  EXPECT_EQ((StoredSample{1, false}.depth()), SampleDepth::U8);
  EXPECT_EQ((StoredSample{12, false}.depth()), SampleDepth::U16);
  EXPECT_EQ((StoredSample{32, false}.depth()), SampleDepth::F32);
  EXPECT_EQ((StoredSample{24, true}.depth()), SampleDepth::F32);
  EXPECT_FALSE((StoredSample{24, false}.depth()));
  EXPECT_FALSE((StoredSample{8, true}.depth()));
  EXPECT_FALSE((StoredSample{0, false}.depth()));
}

TEST(StoredSamples, FewBitsSpanTheWholeRange) {
  const std::array<std::uint8_t, 1> packed{0b00011011};
  std::array<std::uint8_t, 4> wide{};
  EXPECT_TRUE(widen_samples(packed.data(), {2, false}, SampleRow<std::uint8_t>{wide.data(), 4, 1}));
  EXPECT_THAT(wide, ElementsAre(0, 85, 170, 255));
  const std::array<std::uint8_t, 3> twelve{0xFF, 0xF8, 0x00};
  std::array<std::uint16_t, 2> words{};
  EXPECT_TRUE(
      widen_samples(twelve.data(), {12, false}, SampleRow<std::uint16_t>{words.data(), 2, 1}));
  EXPECT_THAT(words, ElementsAre(65535, 32776));
}

TEST(StoredSamples, EverySecondPlaceIsLeftAlone) {
  const std::array<std::uint8_t, 2> from{7, 9};
  std::array<std::uint8_t, 4> to{1, 1, 1, 1};
  EXPECT_TRUE(widen_samples(from.data(), {8, false}, SampleRow<std::uint8_t>{to.data(), 2, 2}));
  EXPECT_THAT(to, ElementsAre(7, 1, 9, 1));
}

TEST(StoredSamples, HalvesKeepTheirValue) {
  // 1, -2, the smallest subnormal, infinity
  const auto from = bytes_of(std::array<std::uint16_t, 4>{0x3C00, 0xC000, 0x0001, 0x7C00});
  std::array<float, 4> to{};
  EXPECT_TRUE(widen_samples(from.data(), {16, true}, SampleRow<float>{to.data(), 4, 1}));
  EXPECT_THAT(
      to, ElementsAre(1.0F, -2.0F, std::ldexp(1.0F, -24), std::numeric_limits<float>::infinity()));
}

TEST(StoredSamples, RoundingIsTold) {
  const auto exact = bytes_of(std::array<std::uint32_t, 2>{0, 0xFFFFFFFF});
  std::array<float, 2> to{};
  EXPECT_TRUE(widen_samples(exact.data(), {32, false}, SampleRow<float>{to.data(), 2, 1}));
  EXPECT_THAT(to, ElementsAre(0.0F, 1.0F));
  const auto rounded = bytes_of(std::array<std::uint32_t, 2>{0, 0xFFFFFFF0});
  EXPECT_FALSE(widen_samples(rounded.data(), {32, false}, SampleRow<float>{to.data(), 2, 1}));
  const auto doubles = bytes_of(std::array<double, 2>{0.5, 0.1});
  EXPECT_TRUE(widen_samples(doubles.data(), {64, true}, SampleRow<float>{to.data(), 1, 1}));
  EXPECT_FALSE(widen_samples(doubles.data(), {64, true}, SampleRow<float>{to.data(), 2, 1}));
}

TEST(StoredSamples, NumbersStandAsTheyAre) {
  const std::array<std::uint8_t, 2> packed{0x1F, 0x20};
  std::array<std::uint16_t, 3> numbers{};
  read_numbers(packed.data(), 4, numbers);
  EXPECT_THAT(numbers, ElementsAre(1, 15, 2));
}

}  // namespace
}  // namespace latent::read
