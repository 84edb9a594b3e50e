// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/stored_samples.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace latent::read {

namespace {

template <class Stored>
Stored stored_at(const std::uint8_t* from, std::size_t index) {
  Stored value;
  std::memcpy(&value, from + index * sizeof(Stored), sizeof(Stored));
  return value;
}

/// Whole numbers of 1 to 16 bits, packed from the highest bit on.
class BitReader {
 public:
  BitReader(const std::uint8_t* from, int bits) : from_(from), bits_(bits) {}

  unsigned next() {
    while (held_ < bits_) {
      window_ = (window_ << 8U) | *from_++;
      held_ += 8;
    }
    held_ -= bits_;
    return (window_ >> static_cast<unsigned>(held_)) & ((1U << static_cast<unsigned>(bits_)) - 1U);
  }

 private:
  const std::uint8_t* from_;
  int bits_;
  int held_ = 0;
  std::uint32_t window_ = 0;
};

template <class T>
void widen_packed(const std::uint8_t* from, int bits, const SampleRow<T>& row) {
  const unsigned top = (1U << static_cast<unsigned>(bits)) - 1U;
  constexpr unsigned kFull = std::numeric_limits<T>::max();
  BitReader reader(from, bits);
  for (std::size_t i = 0; i < row.count; ++i) {
    row.to[i * row.step] = static_cast<T>((reader.next() * kFull + top / 2) / top);
  }
}

template <class T>
void copy_samples(const std::uint8_t* from, const SampleRow<T>& row) {
  if (row.step == 1) {
    std::memcpy(row.to, from, row.count * sizeof(T));
    return;
  }
  for (std::size_t i = 0; i < row.count; ++i) row.to[i * row.step] = stored_at<T>(from, i);
}

/// A small binary float: sign, exponent, fraction, with subnormals, infinities and NaN as in IEEE.
float small_float(std::uint32_t bits, unsigned exponent_bits, unsigned fraction_bits) {
  const std::uint32_t fraction = bits & ((1U << fraction_bits) - 1U);
  const std::uint32_t top = (1U << exponent_bits) - 1U;
  const std::uint32_t exponent = (bits >> fraction_bits) & top;
  const bool negative = ((bits >> (fraction_bits + exponent_bits)) & 1U) != 0;
  const int bias = static_cast<int>(top >> 1U);
  float value = 0;
  if (exponent == top) {
    value = fraction == 0 ? std::numeric_limits<float>::infinity()
                          : std::numeric_limits<float>::quiet_NaN();
  } else {
    const std::uint32_t hidden = exponent == 0 ? 0 : 1U << fraction_bits;
    const int power = (exponent == 0 ? 1 : static_cast<int>(exponent)) - bias;
    value =
        std::ldexp(static_cast<float>(hidden | fraction), power - static_cast<int>(fraction_bits));
  }
  return negative ? -value : value;
}

float float24_at(const std::uint8_t* from, std::size_t index) {
  const std::uint8_t* bytes = from + index * 3;
  constexpr bool kLittle = std::endian::native == std::endian::little;
  const std::uint32_t low = bytes[kLittle ? 0 : 2];
  const std::uint32_t high = bytes[kLittle ? 2 : 0];
  const std::uint32_t bits = low | std::uint32_t{bytes[1]} << 8U | high << 16U;
  return small_float(bits, 7, 16);
}

bool widen_doubles(const std::uint8_t* from, const SampleRow<float>& row) {
  bool exact = true;
  for (std::size_t i = 0; i < row.count; ++i) {
    const auto stored = stored_at<double>(from, i);
    const auto value = static_cast<float>(stored);
    exact = exact && (static_cast<double>(value) == stored || std::isnan(stored));
    row.to[i * row.step] = value;
  }
  return exact;
}

bool widen_longs(const std::uint8_t* from, const SampleRow<float>& row) {
  constexpr double kTop = 4294967295.0;
  bool exact = true;
  for (std::size_t i = 0; i < row.count; ++i) {
    const auto stored = stored_at<std::uint32_t>(from, i);
    const auto value = static_cast<float>(stored / kTop);
    exact = exact && std::nearbyint(static_cast<double>(value) * kTop) == stored;
    row.to[i * row.step] = value;
  }
  return exact;
}

}  // namespace

std::optional<SampleDepth> StoredSample::depth() const {
  if (is_float) {
    const bool taken = bits == 16 || bits == 24 || bits == 32 || bits == 64;
    return taken ? std::optional(SampleDepth::F32) : std::nullopt;
  }
  if (bits >= 1 && bits <= 8) return SampleDepth::U8;
  if (bits >= 9 && bits <= 16) return SampleDepth::U16;
  return bits == 32 ? std::optional(SampleDepth::F32) : std::nullopt;
}

bool widen_samples(const std::uint8_t* from, StoredSample stored,
                   const SampleRow<std::uint8_t>& row) {
  if (stored.bits == 8) {
    copy_samples(from, row);
  } else {
    widen_packed(from, stored.bits, row);
  }
  return true;
}

bool widen_samples(const std::uint8_t* from, StoredSample stored,
                   const SampleRow<std::uint16_t>& row) {
  if (stored.bits == 16) {
    copy_samples(from, row);
  } else {
    widen_packed(from, stored.bits, row);
  }
  return true;
}

bool widen_samples(const std::uint8_t* from, StoredSample stored, const SampleRow<float>& row) {
  if (!stored.is_float) return widen_longs(from, row);
  if (stored.bits == 64) return widen_doubles(from, row);
  if (stored.bits == 32) {
    copy_samples(from, row);
    return true;
  }
  for (std::size_t i = 0; i < row.count; ++i) {
    row.to[i * row.step] = stored.bits == 16 ? small_float(stored_at<std::uint16_t>(from, i), 5, 10)
                                             : float24_at(from, i);
  }
  return true;
}

void read_numbers(const std::uint8_t* from, int bits, std::span<std::uint16_t> to) {
  if (bits == 16) {
    std::memcpy(to.data(), from, to.size_bytes());
    return;
  }
  BitReader reader(from, bits);
  for (std::uint16_t& number : to) number = static_cast<std::uint16_t>(reader.next());
}

}  // namespace latent::read
