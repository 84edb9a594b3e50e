// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace latent::metadata {

/// `size` bytes of the file from `offset` on, fewer at its end.
using ReadAt = std::function<std::vector<std::uint8_t>(std::uint64_t offset, std::size_t size)>;

/// The same of a file in memory, which must outlive the result.
[[nodiscard]] inline ReadAt reader_of(std::span<const std::uint8_t> file) {
  return [file](std::uint64_t offset, std::size_t size) {
    const auto rest = file.subspan(std::min<std::uint64_t>(offset, file.size()));
    const auto part = rest.first(std::min(size, rest.size()));
    return std::vector<std::uint8_t>(part.begin(), part.end());
  };
}

/// Whether bytes begin with a word, which may hold zeros.
[[nodiscard]] inline bool begins_with(std::span<const std::uint8_t> bytes, std::string_view word) {
  return bytes.size() >= word.size() &&
         std::equal(word.begin(), word.end(), bytes.begin(), [](char letter, std::uint8_t byte) {
           return static_cast<std::uint8_t>(letter) == byte;
         });
}

/// The number that at most eight bytes are, the first one the greatest.
[[nodiscard]] inline std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8U | byte;
  return value;
}

/// The same, the last one the greatest.
[[nodiscard]] inline std::uint64_t little_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (std::size_t k = bytes.size(); k-- > 0;) value = value << 8U | bytes[k];
  return value;
}

}  // namespace latent::metadata
