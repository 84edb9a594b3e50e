// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "read/dng/lossless_jpeg.h"

namespace latent::read {

namespace {

enum Marker : std::uint8_t {  // of T.81 table B.1
  Sof0 = 0xC0,
  Sof3 = 0xC3,
  Dht = 0xC4,
  Sof15 = 0xCF,
  Jpg = 0xC8,
  Dac = 0xCC,
  Soi = 0xD8,
  Eoi = 0xD9,
  Sos = 0xDA,
  Dri = 0xDD
};

int word(std::span<const std::uint8_t> bytes, std::size_t at) {
  return bytes[at] << 8 | bytes[at + 1];
}

}  // namespace

Status LosslessJpeg::read_headers(std::span<const std::uint8_t> stream) {
  if (stream.size() < 4 || stream[0] != 0xFF || stream[1] != Soi) return damaged();
  std::size_t at = 2;
  while (at + 4 <= stream.size()) {
    if (stream[at] != 0xFF) return damaged();
    const std::uint8_t marker = stream[at + 1];
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    const auto length = static_cast<std::size_t>(word(stream, at + 2));
    if (marker == Eoi || length < 2 || at + 2 + length > stream.size()) return damaged();
    const auto segment = stream.subspan(at + 4, length - 2);
    at += 2 + length;
    LATENT_CHECK(read_segment(marker, segment));
    if (marker == Sos) {
      at_ = stream.data() + at;
      end_ = stream.data() + stream.size();
      return {};
    }
  }
  return damaged();
}

Status LosslessJpeg::read_segment(std::uint8_t marker, std::span<const std::uint8_t> segment) {
  switch (marker) {
    case Sof3:
      return read_frame(segment);
    case Dht:
      return read_tables(segment);
    case Sos:
      return read_scan(segment);
    case Dri:
      if (segment.size() < 2) return damaged();
      if (word(segment, 0) != 0) return not_taken();
      return {};
    default:
      break;
  }
  const bool other_frame = marker >= Sof0 && marker <= Sof15 && marker != Jpg && marker != Dac;
  if (other_frame) return not_taken();
  return {};
}

Status LosslessJpeg::read_frame(std::span<const std::uint8_t> segment) {
  if (segment.size() < 6) return damaged();
  precision_ = segment[0];
  height_ = word(segment, 1);
  width_ = word(segment, 3);
  components_ = segment[5];
  const bool sound = precision_ >= 2 && precision_ <= 16 && width_ > 0 && height_ > 0 &&
                     components_ >= 1 && components_ <= kMaxComponents &&
                     segment.size() >= 6 + 3 * static_cast<std::size_t>(components_);
  if (!sound) return damaged();
  for (std::size_t i = 0; i < static_cast<std::size_t>(components_); ++i) {
    component_ids_[i] = segment[6 + 3 * i];
    constexpr int kNoSubsampling = 0x11;
    if (segment[7 + 3 * i] != kNoSubsampling) return not_taken();
  }
  return {};
}

Status LosslessJpeg::read_tables(std::span<const std::uint8_t> segment) {
  constexpr std::size_t kCounts = 16;
  while (segment.size() >= 1 + kCounts) {
    const std::size_t index = segment[0];  // the upper half is the class, 0 in lossless coding
    if (index >= tables_.size()) return damaged();
    const auto counts = segment.subspan(1, kCounts);
    std::size_t total = 0;
    for (const std::uint8_t count : counts) total += count;
    if (total > 256 || segment.size() < 1 + kCounts + total) return damaged();
    LATENT_CHECK(build_table(counts, segment.subspan(1 + kCounts, total), tables_[index]));
    segment = segment.subspan(1 + kCounts + total);
  }
  return {};
}

Status LosslessJpeg::build_table(std::span<const std::uint8_t> counts,
                                 std::span<const std::uint8_t> categories, HuffmanTable& table) {
  table = HuffmanTable{};
  std::ranges::copy(categories, table.categories.begin());
  std::uint32_t code = 0;
  std::size_t index = 0;
  for (int bits = 1; bits <= 16; ++bits) {
    const std::uint32_t count = counts[static_cast<std::size_t>(bits - 1)];
    if (code + count > (1U << bits)) return damaged();
    const auto slot = static_cast<std::size_t>(bits);
    table.value_offset[slot] = static_cast<std::int32_t>(index) - static_cast<std::int32_t>(code);
    for (std::uint32_t i = 0; i < count; ++i, ++code, ++index) {
      constexpr int kMaxCategory = 16;
      if (table.categories[index] > kMaxCategory) return damaged();
      if (bits <= kLookupBits) fill_lookup(code, bits, table.categories[index], table);
    }
    table.max_code[slot] = count == 0 ? -1 : static_cast<std::int32_t>(code) - 1;
    code <<= 1U;
  }
  table.defined = true;
  return {};
}

void LosslessJpeg::fill_lookup(std::uint32_t code, int bits, int category, HuffmanTable& table) {
  const int rest = kLookupBits - bits;
  const std::uint32_t first = code << static_cast<unsigned>(rest);
  for (std::uint32_t tail = 0; tail < (1U << static_cast<unsigned>(rest)); ++tail) {
    Lookup& entry = table.lookup[first + tail];
    if (category <= rest) {
      entry.total = static_cast<std::uint8_t>(bits + category);
      const std::uint32_t value = tail >> static_cast<unsigned>(rest - category);
      entry.difference = static_cast<std::int16_t>(category == 0 ? 0 : extend(value, category));
    } else if (category < 16) {  // a code for 16 goes the slow way: it has no further bits
      entry.code_bits = static_cast<std::uint8_t>(bits & 0xF);
      entry.category_low = static_cast<std::uint8_t>(category & 0xF);
    }
  }
}

Status LosslessJpeg::read_scan(std::span<const std::uint8_t> segment) {
  const auto count = static_cast<std::size_t>(components_);
  if (count == 0 || segment.size() < 4 + 2 * count || segment[0] != count) return damaged();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t table = segment[2 + 2 * i] >> 4U;
    if (segment[1 + 2 * i] != component_ids_[i] || table >= tables_.size() ||
        !tables_[table].defined) {
      return damaged();
    }
    table_of_component_[i] = static_cast<std::uint8_t>(table);
  }
  predictor_ = segment[1 + 2 * count];
  const int point_transform = segment[3 + 2 * count] & 0xF;  // [Pt]
  if (predictor_ < 1 || predictor_ > 7) return damaged();
  if (point_transform != 0) return not_taken();
  return {};
}

}  // namespace latent::read
