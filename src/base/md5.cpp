// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/md5.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace latent {

namespace {

constexpr std::size_t kBlock = 64;

using State = std::array<std::uint32_t, 4>;   // A, B, C, D of the RFC
using Table = std::array<std::uint32_t, 64>;  // T of the RFC
using Block = std::array<std::uint8_t, kBlock>;

/// T[i] is the whole part of 4294967296 times abs(sin(i)), i counted from 1.
Table make_table() {
  Table table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double sine = std::abs(std::sin(static_cast<double>(i + 1)));
    table[i] = static_cast<std::uint32_t>(std::floor(sine * 4294967296.0));
  }
  return table;
}

std::uint32_t word_at(std::span<const std::uint8_t> block, std::size_t word) {
  std::uint32_t value = 0;
  for (std::size_t k = 4; k-- > 0;) value = value << 8U | block[4 * word + k];
  return value;
}

/// What one of the 64 steps mixes: a function of B, C, D, and which word of the block.
struct Mixed {
  std::uint32_t value;
  std::size_t word;
};

Mixed mixed(std::size_t step, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  switch (step / 16) {
    case 0:
      return {(b & c) | (~b & d), step};  // F
    case 1:
      return {(b & d) | (c & ~d), (5 * step + 1) % 16};  // G
    case 2:
      return {b ^ c ^ d, (3 * step + 5) % 16};  // H
    default:
      return {c ^ (b | ~d), 7 * step % 16};  // I
  }
}

void add_block(State& state, std::span<const std::uint8_t> block) {
  static const Table table = make_table();
  constexpr std::array<std::array<int, 4>, 4> kShifts{
      {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
  auto [a, b, c, d] = state;
  for (std::size_t step = 0; step < table.size(); ++step) {
    const Mixed in = mixed(step, b, c, d);
    const std::uint32_t sum = a + in.value + table[step] + word_at(block, in.word);
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kShifts[step / 16][step % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

/// The last bytes, a one bit, zeros, and the count of bits: one block or two.
void add_end(State& state, std::span<const std::uint8_t> rest, std::uint64_t bytes) {
  constexpr std::size_t kCount = 8;
  Block block{};
  std::copy(rest.begin(), rest.end(), block.begin());
  block[rest.size()] = 0x80;
  if (rest.size() + 1 + kCount > kBlock) {
    add_block(state, block);
    block = {};
  }
  for (std::size_t k = 0; k < kCount; ++k) {
    block[kBlock - kCount + k] = static_cast<std::uint8_t>(bytes * 8 >> (8 * k));
  }
  add_block(state, block);
}

}  // namespace

std::string md5_hex(std::span<const std::uint8_t> bytes) {
  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const std::size_t whole = bytes.size() / kBlock * kBlock;
  for (std::size_t at = 0; at < whole; at += kBlock) add_block(state, bytes.subspan(at, kBlock));
  add_end(state, bytes.subspan(whole), bytes.size());
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint32_t word : state) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      text += kDigits[word >> (shift + 4) & 15U];
      text += kDigits[word >> shift & 15U];
    }
  }
  return text;
}

}  // namespace latent
