// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/huffman.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace latent::write {

namespace {

constexpr int kMaxLength = 16;
constexpr int kReserved = kJpegCategories;  ///< stands for the code word of all ones

/// A coin of the package-merge method: its weight, and how often each symbol is inside.
struct Package {
  std::uint64_t weight = 0;
  std::array<std::uint8_t, kJpegCategories + 1> inside{};
};

Package join(const Package& a, const Package& b) {
  Package both = a;
  both.weight += b.weight;
  for (std::size_t i = 0; i < both.inside.size(); ++i) {
    both.inside[i] = static_cast<std::uint8_t>(both.inside[i] + b.inside[i]);
  }
  return both;
}

std::array<std::uint8_t, kJpegCategories + 1> optimal_lengths(std::vector<Package> coins) {
  const auto lighter = [](const Package& a, const Package& b) { return a.weight < b.weight; };
  std::stable_sort(coins.begin(), coins.end(), lighter);
  std::vector<Package> level = coins;
  for (int length = 1; length < kMaxLength; ++length) {
    std::vector<Package> next = coins;
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
      next.push_back(join(level[i], level[i + 1]));
    }
    std::stable_sort(next.begin(), next.end(), lighter);
    level = std::move(next);
  }
  Package sum;
  for (std::size_t i = 0; i < 2 * coins.size() - 2; ++i) sum = join(sum, level[i]);
  return sum.inside;
}

}  // namespace

HuffmanCode optimal_huffman_code(const std::array<std::uint64_t, kJpegCategories>& frequency) {
  // The reserved word weighs less than anything and comes first, so that no symbol has a longer
  // one.
  std::vector<Package> coins(1);
  coins[0].inside[kReserved] = 1;
  for (std::size_t symbol = 0; symbol < kJpegCategories; ++symbol) {
    if (frequency[symbol] == 0) continue;
    Package coin;
    coin.weight = frequency[symbol];
    coin.inside[symbol] = 1;
    coins.push_back(coin);
  }
  const auto lengths = optimal_lengths(std::move(coins));

  HuffmanCode result;
  std::uint16_t code = 0;
  for (std::uint8_t bits = 1; bits <= kMaxLength; ++bits) {
    for (std::uint8_t symbol = 0; symbol < kJpegCategories; ++symbol) {
      if (lengths[symbol] != bits) continue;
      result.length[symbol] = bits;
      result.code[symbol] = code++;
      result.order[static_cast<std::size_t>(result.symbols++)] = symbol;
      ++result.counts[bits];
    }
    code = static_cast<std::uint16_t>(code << 1U);
  }
  return result;
}

}  // namespace latent::write
