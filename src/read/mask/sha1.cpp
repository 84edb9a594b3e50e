// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/mask/sha1.h"

#include <array>
#include <bit>
#include <string_view>
#include <vector>

namespace latent::read {

namespace {

constexpr std::size_t kBlock = 64;

using State = std::array<std::uint32_t, 5>;

void add_block(State& state, std::span<const std::uint8_t> block) {
  std::array<std::uint32_t, 80> w{};
  for (std::size_t t = 0; t < 16; ++t) {
    for (std::size_t i = 0; i < 4; ++i) w[t] = w[t] << 8U | block[4 * t + i];
  }
  for (std::size_t t = 16; t < w.size(); ++t) {
    w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < w.size(); ++t) {
    std::uint32_t f = 0;
    std::uint32_t k = 0;
    if (t < 20) {
      f = (b & c) | (~b & d);
      k = 0x5A827999;
    } else if (t < 40) {
      f = b ^ c ^ d;
      k = 0x6ED9EBA1;
    } else if (t < 60) {
      f = (b & c) | (b & d) | (c & d);
      k = 0x8F1BBCDC;
    } else {
      f = b ^ c ^ d;
      k = 0xCA62C1D6;
    }
    const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[t];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

}  // namespace

std::string sha1_hex(std::span<const std::uint8_t> bytes) {
  State state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const std::size_t whole = bytes.size() / kBlock * kBlock;
  for (std::size_t at = 0; at < whole; at += kBlock) add_block(state, bytes.subspan(at, kBlock));
  std::vector<std::uint8_t> end(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
  end.push_back(0x80);
  while (end.size() % kBlock != kBlock - 8) end.push_back(0);
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (unsigned i = 0; i < 8; ++i) {
    end.push_back(static_cast<std::uint8_t>(bits >> (56 - 8 * i) & 0xFFU));
  }
  for (std::size_t at = 0; at < end.size(); at += kBlock) {
    add_block(state, std::span<const std::uint8_t>(end).subspan(at, kBlock));
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint32_t word : state) {
    for (unsigned i = 0; i < 8; ++i) text += kDigits[word >> (28 - 4 * i) & 15U];
  }
  return text;
}

}  // namespace latent::read
