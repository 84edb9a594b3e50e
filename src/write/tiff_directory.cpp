// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/tiff_directory.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace latent::write {

namespace {

/// Grows by little-endian numbers.
class LittleEndian {
 public:
  template <class T>
  void put(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  }
  /// 64 bits in a big file, 32 in a classic one.
  void put_word(std::uint64_t value, TiffFlavour flavour) {
    if (flavour == TiffFlavour::Big) {
      put(value);
    } else {
      put(static_cast<std::uint32_t>(value));
    }
  }
  void append(std::span<const std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void make_even() { bytes_.resize(bytes_.size() + bytes_.size() % 2, 0); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::vector<std::uint8_t>& bytes() { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

std::vector<std::uint8_t> to_little_endian(std::vector<std::uint8_t> bytes,
                                           [[maybe_unused]] std::uint16_t type) {
  if constexpr (std::endian::native == std::endian::big) {
    // Swapped as one number: half of a rational, all of the others.
    const bool rational = type == 5 || type == 10;
    const auto step = static_cast<std::ptrdiff_t>(tiff_type_size(type) / (rational ? 2 : 1));
    for (auto at = bytes.begin(); step > 1 && at != bytes.end(); at += step) {
      std::reverse(at, at + step);
    }
  }
  return bytes;
}

template <class T>
std::vector<std::uint8_t> bytes_of(std::span<const T> values) {
  std::vector<std::uint8_t> bytes(values.size_bytes());
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

TiffRational tiff_rational(double value) {
  constexpr double kLargest = std::numeric_limits<std::int32_t>::max();
  constexpr double kTolerance = 1e-7;
  if (!std::isfinite(value)) return {0, 1};
  TiffRational best{static_cast<std::int32_t>(std::clamp(std::round(value), -kLargest, kLargest)),
                    1};
  for (std::int32_t denominator = 1; denominator <= 1'000'000'000; denominator *= 10) {
    const double numerator = std::round(value * denominator);
    if (std::abs(numerator) > kLargest) break;
    best = {static_cast<std::int32_t>(numerator), denominator};
    if (std::abs(numerator - value * denominator) <= kTolerance * std::abs(value * denominator)) {
      break;
    }
    if (denominator == 1'000'000'000) break;
  }
  return best;
}

Status TiffDirectory::set(std::uint16_t tag, std::uint16_t type, std::uint64_t count,
                          std::span<const std::uint8_t> bytes) {
  const std::size_t size = tiff_type_size(type);
  if (size == 0 || count == 0 || count > bytes.size() || count * size != bytes.size()) {
    return fail(ErrorCode::Corrupt,
                "the TIFF field " + std::to_string(tag) + " of the source is damaged");
  }
  fields_[tag] = {type, count, {bytes.begin(), bytes.end()}, {}, 0};
  return {};
}

void TiffDirectory::set_byte(std::uint16_t tag, std::span<const std::uint8_t> values) {
  fields_[tag] = {
      static_cast<std::uint16_t>(TiffType::Byte), values.size(), bytes_of(values), {}, 0};
}

void TiffDirectory::set_undefined(std::uint16_t tag, std::span<const std::uint8_t> values) {
  fields_[tag] = {
      static_cast<std::uint16_t>(TiffType::Undefined), values.size(), bytes_of(values), {}, 0};
}

void TiffDirectory::set_short(std::uint16_t tag, std::span<const std::uint16_t> values) {
  fields_[tag] = {
      static_cast<std::uint16_t>(TiffType::Short), values.size(), bytes_of(values), {}, 0};
}

void TiffDirectory::set_long(std::uint16_t tag, std::span<const std::uint32_t> values) {
  fields_[tag] = {
      static_cast<std::uint16_t>(TiffType::Long), values.size(), bytes_of(values), {}, 0};
}

void TiffDirectory::set_ascii(std::uint16_t tag, std::string_view text) {
  // Ends at the first zero, as every reader will see it.
  text = text.substr(0, text.find('\0'));
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  bytes.push_back(0);
  const std::uint64_t count = bytes.size();
  fields_[tag] = {static_cast<std::uint16_t>(TiffType::Ascii), count, std::move(bytes), {}, 0};
}

void TiffDirectory::set_rational(std::uint16_t tag, std::span<const double> values) {
  std::vector<std::uint32_t> numbers;
  for (const double value : values) {
    const TiffRational rational = tiff_rational(std::max(0.0, value));
    numbers.push_back(static_cast<std::uint32_t>(rational.numerator));
    numbers.push_back(static_cast<std::uint32_t>(rational.denominator));
  }
  fields_[tag] = {static_cast<std::uint16_t>(TiffType::Rational),
                  values.size(),
                  bytes_of(std::span<const std::uint32_t>(numbers)),
                  {},
                  0};
}

void TiffDirectory::set_srational(std::uint16_t tag, std::span<const double> values) {
  std::vector<std::int32_t> numbers;
  for (const double value : values) {
    const TiffRational rational = tiff_rational(value);
    numbers.push_back(rational.numerator);
    numbers.push_back(rational.denominator);
  }
  fields_[tag] = {static_cast<std::uint16_t>(TiffType::SRational),
                  values.size(),
                  bytes_of(std::span<const std::int32_t>(numbers)),
                  {},
                  0};
}

void TiffDirectory::set_double(std::uint16_t tag, std::span<const double> values) {
  fields_[tag] = {
      static_cast<std::uint16_t>(TiffType::Double), values.size(), bytes_of(values), {}, 0};
}

void TiffDirectory::set_offsets(std::uint16_t tag, std::vector<std::uint64_t> values) {
  const std::uint64_t count = values.size();
  fields_[tag] = {0, count, {}, std::move(values), 0};
}

void TiffDirectory::set_elsewhere(std::uint16_t tag, TiffType type, std::uint64_t count,
                                  std::uint64_t position) {
  fields_[tag] = {static_cast<std::uint16_t>(type), count, {}, {}, position};
}

std::vector<std::uint8_t> TiffDirectory::content(const Field& field, TiffFlavour flavour) {
  if (field.offsets.empty()) return to_little_endian(field.bytes, field.type);
  LittleEndian out;
  for (const std::uint64_t offset : field.offsets) out.put_word(offset, flavour);
  return std::move(out.bytes());
}

std::vector<std::uint8_t> TiffDirectory::serialise(std::uint64_t position,
                                                   TiffFlavour flavour) const {
  const bool big = flavour == TiffFlavour::Big;
  const std::size_t word = big ? 8 : 4;
  const std::size_t table = (big ? 8 : 2) + fields_.size() * (big ? 20 : 12) + word;
  LittleEndian out;
  LittleEndian values;
  if (big) {
    out.put(static_cast<std::uint64_t>(fields_.size()));
  } else {
    out.put(static_cast<std::uint16_t>(fields_.size()));
  }
  for (const auto& [tag, field] : fields_) {
    out.put(tag);
    const TiffType place = big ? TiffType::Long8 : TiffType::Long;
    out.put(field.offsets.empty() ? field.type : static_cast<std::uint16_t>(place));
    out.put_word(field.count, flavour);
    if (field.elsewhere != 0) {
      out.put_word(field.elsewhere, flavour);
      continue;
    }
    auto bytes = content(field, flavour);
    if (bytes.size() <= word) {
      bytes.resize(word, 0);
      out.append(bytes);
      continue;
    }
    out.put_word(position + table + values.size(), flavour);
    values.append(bytes);
    values.make_even();
  }
  out.put_word(0, flavour);
  out.append(values.bytes());
  return std::move(out.bytes());
}

std::vector<std::uint8_t> tiff_header(std::uint64_t first_directory, TiffFlavour flavour) {
  LittleEndian out;
  out.put(std::uint16_t{0x4949});
  if (flavour == TiffFlavour::Big) {
    out.put(std::uint16_t{43});
    out.put(std::uint16_t{8});
    out.put(std::uint16_t{0});
    out.put(first_directory);
  } else {
    out.put(std::uint16_t{42});
    out.put(static_cast<std::uint32_t>(first_directory));
  }
  return std::move(out.bytes());
}

}  // namespace latent::write
