// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/lossless_jpeg.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace latent::read {

namespace {

enum Marker : std::uint8_t {
  kSof0 = 0xC0,
  kSof3 = 0xC3,
  kDht = 0xC4,
  kSof15 = 0xCF,
  kJpg = 0xC8,
  kDac = 0xCC,
  kSoi = 0xD8,
  kEoi = 0xD9,
  kSos = 0xDA,
  kDri = 0xDD
};

tl::unexpected<Error> damaged() {
  return fail(
      ErrorCode::Corrupt,
      "is cut short or damaged: its compressed picture data do not decode; copy it from the "
      "card again");
}

tl::unexpected<Error> not_taken() {
  return fail(ErrorCode::Unsupported,
              "holds a kind of JPEG data that is not taken; convert it to a losslessly compressed "
              "or uncompressed DNG");
}

int word(std::span<const std::uint8_t> bytes, std::size_t at) {
  return bytes[at] << 8 | bytes[at + 1];
}

/// The signed difference that `category` bits `value` stand for (T.81 table H.2, procedure EXTEND).
std::int32_t extend(std::uint32_t value, int category) {
  const auto signed_value = static_cast<std::int32_t>(value);
  return value < (1U << (category - 1)) ? signed_value - (1 << category) + 1 : signed_value;
}

/// Prediction from the left, above and above-left neighbours (T.81 table H.1).
std::int32_t predict(int predictor, std::int32_t ra, std::int32_t rb, std::int32_t rc) {
  switch (predictor) {
    case 1:
      return ra;
    case 2:
      return rb;
    case 3:
      return rc;
    case 4:
      return ra + rb - rc;
    case 5:
      return ra + ((rb - rc) >> 1);
    case 6:
      return rb + ((ra - rc) >> 1);
    default:
      return (ra + rb) >> 1;
  }
}

}  // namespace

Result<LosslessJpeg> LosslessJpeg::create(std::span<const std::uint8_t> stream) {
  LosslessJpeg decoder;
  LATENT_CHECK(decoder.read_headers(stream));
  decoder.above_.resize(decoder.row_samples());
  return decoder;
}

Status LosslessJpeg::read_headers(std::span<const std::uint8_t> stream) {
  if (stream.size() < 4 || stream[0] != 0xFF || stream[1] != kSoi) return damaged();
  std::size_t at = 2;
  while (at + 4 <= stream.size()) {
    if (stream[at] != 0xFF) return damaged();
    const std::uint8_t marker = stream[at + 1];
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    const auto length = static_cast<std::size_t>(word(stream, at + 2));
    if (marker == kEoi || length < 2 || at + 2 + length > stream.size()) return damaged();
    const auto segment = stream.subspan(at + 4, length - 2);
    at += 2 + length;
    if (marker == kSof3) {
      LATENT_CHECK(read_frame(segment));
    } else if (marker == kDht) {
      LATENT_CHECK(read_tables(segment));
    } else if (marker == kDri) {
      if (segment.size() < 2) return damaged();
      if (word(segment, 0) != 0) return not_taken();
    } else if (marker == kSos) {
      LATENT_CHECK(read_scan(segment));
      at_ = stream.data() + at;
      end_ = stream.data() + stream.size();
      return {};
    } else if (marker >= kSof0 && marker <= kSof15 && marker != kJpg && marker != kDac) {
      return not_taken();
    }
  }
  return damaged();
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

void LosslessJpeg::refill() {
  if (end_ - at_ >= 8) {
    std::uint64_t word64 = 0;
    std::memcpy(&word64, at_, 8);
    if constexpr (std::endian::native == std::endian::little) word64 = __builtin_bswap64(word64);
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kTops = 0x8080808080808080U;
    const bool has_marker_byte = ((~word64 - kOnes) & word64 & kTops) != 0;
    if (!has_marker_byte) {
      const int bytes = (64 - bit_count_) >> 3;
      if (bytes == 0) return;
      const std::uint64_t fresh =
          bytes == 8 ? word64 : word64 & ~(~std::uint64_t{0} >> static_cast<unsigned>(8 * bytes));
      bits_ |= fresh >> static_cast<unsigned>(bit_count_);
      at_ += bytes;
      bit_count_ += 8 * bytes;
      return;
    }
  }
  while (bit_count_ <= 56) {
    std::uint64_t byte = 0;
    const bool stuffed = end_ - at_ >= 2 && at_[0] == 0xFF && at_[1] == 0;
    if (at_ < end_ && (at_[0] != 0xFF || stuffed)) {
      byte = at_[0];
      at_ += stuffed ? 2 : 1;
    } else {
      padding_bits_ = std::min(padding_bits_ + 8, 1 << 20);
    }
    bits_ |= byte << static_cast<unsigned>(56 - bit_count_);
    bit_count_ += 8;
  }
}

/// 0 < bits <= 16, and refill() has been called for this difference.
std::uint32_t LosslessJpeg::take(int bits) {
  const auto value = static_cast<std::uint32_t>(bits_ >> static_cast<unsigned>(64 - bits));
  bits_ <<= static_cast<unsigned>(bits);
  bit_count_ -= bits;
  return value;
}

int LosslessJpeg::next_category_slowly(const HuffmanTable& table) {
  std::int32_t code = 0;
  for (std::size_t bits = 1; bits <= 16; ++bits) {
    code = static_cast<std::int32_t>(bits_ >> (64 - bits));
    if (table.max_code[bits] >= 0 && code <= table.max_code[bits]) {
      bits_ <<= bits;
      bit_count_ -= static_cast<int>(bits);
      return table.categories[static_cast<std::size_t>(code + table.value_offset[bits])];
    }
  }
  code_is_bad_ = true;
  return 0;
}

std::int32_t LosslessJpeg::next_difference(const HuffmanTable& table) {
  constexpr int kBitsOfOneDifference = 32;
  if (bit_count_ < kBitsOfOneDifference) refill();
  const Lookup entry = table.lookup[bits_ >> (64 - kLookupBits)];
  if (entry.total != 0) {
    bits_ <<= entry.total;
    bit_count_ -= entry.total;
    return entry.difference;
  }
  int category = entry.category_low;
  if (entry.code_bits != 0) {
    bits_ <<= entry.code_bits;
    bit_count_ -= entry.code_bits;
  } else {
    category = next_category_slowly(table);
  }
  constexpr int kHalfRange = 32768;
  if (category == 16) return kHalfRange;
  return category == 0 ? 0 : extend(take(category), category);
}

void LosslessJpeg::decode_first_row(std::span<std::uint16_t> row) {
  const auto step = static_cast<std::size_t>(components_);
  const std::int32_t start = 1 << (precision_ - 1);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const HuffmanTable& table = tables_[table_of_component_[i % step]];
    const std::int32_t left = i < step ? start : row[i - step];
    row[i] = static_cast<std::uint16_t>(left + next_difference(table));
  }
}

/// Predictor 1, which every DNG writer uses: the sample to the left, or the one above for the
/// first.
void LosslessJpeg::decode_with_left(std::span<std::uint16_t> row) {
  const auto step = static_cast<std::size_t>(components_);
  for (std::size_t c = 0; c < step; ++c) {
    row[c] =
        static_cast<std::uint16_t>(above_[c] + next_difference(tables_[table_of_component_[c]]));
  }
  if (step == 1) {
    const HuffmanTable& table = tables_[table_of_component_[0]];
    std::uint16_t left = row[0];
    for (std::size_t i = 1; i < row.size(); ++i) {
      left = static_cast<std::uint16_t>(left + next_difference(table));
      row[i] = left;
    }
    return;
  }
  for (std::size_t i = step; i < row.size(); i += step) {
    for (std::size_t c = 0; c < step; ++c) {
      row[i + c] = static_cast<std::uint16_t>(row[i + c - step] +
                                              next_difference(tables_[table_of_component_[c]]));
    }
  }
}

void LosslessJpeg::decode_general(std::span<std::uint16_t> row) {
  const auto step = static_cast<std::size_t>(components_);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const HuffmanTable& table = tables_[table_of_component_[i % step]];
    const std::int32_t prediction =
        i < step ? above_[i] : predict(predictor_, row[i - step], above_[i], above_[i - step]);
    row[i] = static_cast<std::uint16_t>(prediction + next_difference(table));
  }
}

Status LosslessJpeg::decode_row(std::span<std::uint16_t> row) {
  LATENT_ENSURE(row.size() == row_samples());
  if (first_row_) {
    decode_first_row(row);
    first_row_ = false;
  } else if (predictor_ == 1) {
    decode_with_left(row);
  } else {
    decode_general(row);
  }
  const bool used_padding = bit_count_ < padding_bits_;
  if (code_is_bad_ || used_padding) return damaged();
  std::memcpy(above_.data(), row.data(), row.size_bytes());
  return {};
}

}  // namespace latent::read
