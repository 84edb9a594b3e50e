// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/lossless_jpeg.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace latent::read {

namespace {

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

tl::unexpected<Error> LosslessJpeg::damaged() {
  return fail(
      ErrorCode::Corrupt,
      "is cut short or damaged: its compressed picture data do not decode; copy it from the "
      "card again");
}

tl::unexpected<Error> LosslessJpeg::not_taken() {
  return fail(ErrorCode::Unsupported,
              "holds a kind of JPEG data that is not taken; convert it to a losslessly compressed "
              "or uncompressed DNG");
}

std::int32_t LosslessJpeg::extend(std::uint32_t value, int category) {
  const auto signed_value = static_cast<std::int32_t>(value);
  return value < (1U << (category - 1)) ? signed_value - (1 << category) + 1 : signed_value;
}

Result<LosslessJpeg> LosslessJpeg::create(std::span<const std::uint8_t> stream) {
  LosslessJpeg decoder;
  LATENT_CHECK(decoder.read_headers(stream));
  decoder.above_.resize(decoder.row_samples());
  return decoder;
}

/// Takes what fits of the next eight bytes at once, where none of them is 0xFF, which would begin a
/// marker or a stuffed byte.
bool LosslessJpeg::refill_quickly() {
  if (end_ - at_ < 8) return false;
  std::uint64_t next = 0;
  std::memcpy(&next, at_, 8);
  if constexpr (std::endian::native == std::endian::little) next = __builtin_bswap64(next);
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kTops = 0x8080808080808080U;
  if (((~next - kOnes) & next & kTops) != 0) return false;
  const int bytes = (64 - bit_count_) >> 3;
  if (bytes == 0) return true;
  if (bytes < 8) next &= ~(~std::uint64_t{0} >> static_cast<unsigned>(8 * bytes));
  bits_ |= next >> static_cast<unsigned>(bit_count_);
  at_ += bytes;
  bit_count_ += 8 * bytes;
  return true;
}

void LosslessJpeg::refill() {
  if (refill_quickly()) return;
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
      const std::int32_t index = code + table.value_offset[bits];
      return table.categories[static_cast<std::size_t>(index)];
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
