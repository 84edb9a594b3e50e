// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/huffman.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace latent::write {
namespace {

using Frequencies = std::array<std::uint64_t, kJpegCategories>;

double kraft_sum(const HuffmanCode& code) {
  double sum = 0;
  for (const auto length : code.length) {
    if (length > 0) sum += 1.0 / static_cast<double>(1U << length);
  }
  return sum;
}

TEST(Huffman, OneSymbolHasOneBitAndItIsZero) {
  Frequencies frequency{};
  frequency[5] = 100;
  const auto code = optimal_huffman_code(frequency);
  EXPECT_EQ(code.symbols, 1);
  EXPECT_EQ(code.length[5], 1);
  EXPECT_EQ(code.code[5], 0);
}

TEST(Huffman, FollowsAHandWorkedCase) {
  Frequencies frequency{};
  frequency[0] = 8;
  frequency[1] = 4;
  frequency[2] = 2;
  frequency[3] = 1;
  const auto code =
      optimal_huffman_code(frequency);  // the word of all ones takes a leaf of its own
  EXPECT_EQ(code.length[0], 1);
  EXPECT_EQ(code.length[1], 2);
  EXPECT_EQ(code.length[2], 3);
  EXPECT_EQ(code.length[3], 4);
  EXPECT_EQ(code.code[0], 0b0);
  EXPECT_EQ(code.code[1], 0b10);
  EXPECT_EQ(code.code[2], 0b110);
  EXPECT_EQ(code.code[3], 0b1110);
}

TEST(Huffman, FibonacciFrequenciesStayWithinSixteenBits) {
  Frequencies frequency{};
  std::uint64_t a = 1;
  std::uint64_t b = 1;
  for (auto& f : frequency) {
    f = a;
    const std::uint64_t next = a + b;
    a = b;
    b = next;
  }
  const auto code = optimal_huffman_code(frequency);
  EXPECT_EQ(code.symbols, kJpegCategories);
  for (const auto length : code.length) {
    EXPECT_GE(length, 1);
    EXPECT_LE(length, 16);
  }
  EXPECT_LT(kraft_sum(code), 1.0);  // room for the word that is never used
}

TEST(Huffman, NoWordIsAllOnesAndNoneBeginsAnother) {
  for (std::uint64_t seed = 1; seed < 200; ++seed) {
    Frequencies frequency{};
    std::uint64_t state = seed * 0x9E3779B97F4A7C15U;
    for (auto& f : frequency) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      f = (state >> 60U) < 5 ? 0 : state >> (20 + state % 40);
    }
    frequency[seed % kJpegCategories] += 1;
    const auto code = optimal_huffman_code(frequency);
    for (std::size_t i = 0; i < kJpegCategories; ++i) {
      ASSERT_EQ(code.length[i] > 0, frequency[i] > 0);
      if (code.length[i] == 0) continue;
      EXPECT_NE(code.code[i], (1U << code.length[i]) - 1);
      for (std::size_t j = 0; j < kJpegCategories; ++j) {
        if (i == j || code.length[j] < code.length[i]) continue;
        EXPECT_NE(code.code[j] >> (code.length[j] - code.length[i]), code.code[i]);
      }
    }
  }
}

}  // namespace
}  // namespace latent::write
