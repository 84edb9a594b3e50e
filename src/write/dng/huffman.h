// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace latent::write {

/// Symbols of lossless JPEG: SSSS, the number of bits of a difference, 0..16.
inline constexpr int kJpegCategories = 17;

/// A canonical Huffman code: symbol s is written as the lowest length[s] bits of code[s]; length 0
/// where s never occurs. `counts` and `order` are BITS and HUFFVAL of a DHT segment.
struct HuffmanCode {
  std::array<std::uint8_t, kJpegCategories> length{};
  std::array<std::uint16_t, kJpegCategories> code{};
  std::array<std::uint8_t, 17> counts{};  ///< [n] codes of n bits, 1..16
  std::array<std::uint8_t, kJpegCategories> order{};
  int symbols = 0;
};

/// The shortest code for these frequencies in which no code word is longer than 16 bits and none is
/// all ones, as JPEG asks. Some frequency must not be 0.
///
/// Source   L. Larmore and D. Hirschberg, "A fast algorithm for optimal length-limited Huffman
///          codes", 1990 (package-merge); ITU-T T.81, Annex C.
[[nodiscard]] HuffmanCode optimal_huffman_code(
    const std::array<std::uint64_t, kJpegCategories>& frequency);

}  // namespace latent::write
