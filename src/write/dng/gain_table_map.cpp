// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/gain_table_map.h"

#include <algorithm>
#include <array>

#include "metadata/bytes.h"
#include "metadata/tiff_fields.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

constexpr std::size_t kPoints = 40;    ///< where MapPointsN stands
constexpr std::size_t kDataType = 64;  ///< where DataType stands, of the second kind only

std::uint64_t word_at(std::span<const std::uint8_t> map, std::size_t at) {
  return metadata::big_endian(map.subspan(at, 4));
}

/// Bytes of one gain; 0 for a kind that the specification does not know.
std::size_t gain_size(std::uint16_t tag, std::span<const std::uint8_t> map) {
  if (tag == tag::kProfileGainTableMap) return 4;           // float
  constexpr std::array<std::size_t, 4> kSizes{1, 2, 2, 4};  // 8 and 16 bits, half, float
  const std::uint64_t type = word_at(map, kDataType);
  return type < kSizes.size() ? kSizes[type] : 0;
}

/// Whether MapPointsV x MapPointsH tables of MapPointsN gains are exactly `gains`.
bool points_are(std::span<const std::uint8_t> map, std::uint64_t gains) {
  std::uint64_t left = gains;
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}, kPoints}) {
    const std::uint64_t points = word_at(map, at);
    if (points == 0 || left % points != 0) return false;
    left /= points;
  }
  return left == 1;
}

void turn_words(std::span<std::uint8_t> bytes, std::size_t size) {
  for (; bytes.size() >= size; bytes = bytes.subspan(size)) {
    std::reverse(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  }
}

}  // namespace

std::optional<std::vector<std::uint8_t>> little_endian_gain_table_map(
    std::uint16_t tag, std::span<const std::uint8_t> map) {
  // MapInputWeights end the first kind's header; DataType, Gamma, GainMin and GainMax the second's.
  const std::size_t header = tag == tag::kProfileGainTableMap ? 64 : 80;
  if (map.size() < header) return std::nullopt;
  const std::size_t size = gain_size(tag, map);
  const std::size_t data = map.size() - header;
  if (size == 0 || data % size != 0 || !points_are(map, data / size)) return std::nullopt;
  std::vector<std::uint8_t> turned(map.begin(), map.end());
  const std::span bytes(turned);
  turn_words(bytes.first(8), 4);                 // MapPointsV and H
  turn_words(bytes.subspan(8, kPoints - 8), 8);  // MapSpacing and MapOrigin
  turn_words(bytes.subspan(kPoints, header - kPoints), 4);
  turn_words(bytes.subspan(header), size);
  return turned;
}

}  // namespace latent::write
