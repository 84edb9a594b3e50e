// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/tiff_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "base/limits.h"
#include "base/path.h"

namespace latent::read {

namespace {

constexpr std::size_t kMaxDirectories = 256;
constexpr std::size_t kMaxFields = 4096;
constexpr std::size_t kMaxText = 255;
constexpr std::size_t kMaxNumbers = 4'000'000;  // tiles of 12 x 12 in the largest picture

/// Bytes that are swapped as one unit: a rational is two numbers of four bytes.
std::size_t unit_size(TiffType type, std::size_t value_size) {
  return type == TiffType::Rational || type == TiffType::SRational ? 4 : value_size;
}

template <class Signed, class Unsigned>
double as_signed(Unsigned value) {
  return static_cast<double>(std::bit_cast<Signed>(value));
}

double quotient(double numerator, double denominator) {
  return denominator == 0 ? 0 : numerator / denominator;
}

}  // namespace

const TiffField* TiffDirectory::find(std::uint16_t tag) const {
  const auto found = std::ranges::find(fields, tag, &TiffField::tag);
  return found == fields.end() ? nullptr : &*found;
}

Result<TiffFile> TiffFile::open(const ByteSource& source, const Limits& limits) {
  std::array<std::uint8_t, 16> head{};
  const std::size_t head_size = std::min<std::uint64_t>(head.size(), source.size());
  LATENT_CHECK(source.read_at(0, std::span(head).first(head_size)));
  const bool little = head[0] == 'I' && head[1] == 'I';
  const bool big_endian = head[0] == 'M' && head[1] == 'M';
  TiffFile file(source, limits.max_metadata_bytes);
  file.little_endian_ = little;
  const std::uint64_t magic = file.unsigned_at(&head[2], 2);
  if (head_size < 8 || (!little && !big_endian) || (magic != 42 && magic != 43)) {
    return fail(ErrorCode::Unsupported, "is no TIFF file");
  }
  file.big_ = magic == 43;
  if (file.big_ && (head_size < 16 || file.unsigned_at(&head[4], 2) != 8)) {
    return fail(ErrorCode::Corrupt, "is damaged: its BigTIFF header is not sound");
  }
  file.read_all(file.big_ ? file.unsigned_at(&head[8], 8) : file.unsigned_at(&head[4], 4));
  if (file.directories_.empty()) {
    return fail(ErrorCode::Corrupt,
                "is cut short or damaged: it has no TIFF directory; copy it from the card again");
  }
  return file;
}

void TiffFile::read_all(std::uint64_t first_offset) {
  std::set<std::uint64_t> visited;
  std::vector<std::uint64_t> waiting;
  const auto read_chain = [&](std::uint64_t offset) {
    while (offset != 0 && directories_.size() < kMaxDirectories && visited.insert(offset).second) {
      TiffDirectory directory;
      const auto next = read_directory(offset, directory);
      if (!next) return;
      directories_.push_back(std::move(directory));
      offset = *next;
    }
  };
  read_chain(first_offset);
  for (std::size_t i = 0; i < directories_.size(); ++i) {
    const TiffField* children = directories_[i].find(metadata::tag::kSubIfds);
    if (children == nullptr || children->count > kMaxDirectories) continue;
    const auto offsets = integers(*children);
    if (!offsets) continue;
    for (const std::uint64_t offset : *offsets) read_chain(offset);
  }
}

std::optional<std::uint64_t> TiffFile::read_directory(std::uint64_t offset,
                                                      TiffDirectory& into) const {
  const std::size_t count_size = big_ ? 8 : 2;
  const std::size_t entry_size = big_ ? 20 : 12;
  const std::size_t offset_size = big_ ? 8 : 4;
  std::array<std::uint8_t, 8> count_bytes{};
  if (!source_->read_at(offset, std::span(count_bytes).first(count_size))) return std::nullopt;
  const std::uint64_t count = unsigned_at(count_bytes.data(), count_size);
  if (count == 0 || count > kMaxFields) return std::nullopt;

  std::vector<std::uint8_t> table(static_cast<std::size_t>(count) * entry_size);
  if (!source_->read_at(offset + count_size, table)) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* entry = &table[i * entry_size];
    TiffField field;
    field.tag = static_cast<std::uint16_t>(unsigned_at(entry, 2));
    field.type = static_cast<std::uint16_t>(unsigned_at(entry + 2, 2));
    field.count = unsigned_at(entry + 4, offset_size);
    const std::size_t size = tiff_type_size(field.type);
    if (size == 0 || field.count == 0 || field.count > source_->size() / size) continue;
    const std::uint8_t* value = entry + 4 + offset_size;
    field.offset = field.bytes() <= offset_size
                       ? offset + count_size + i * entry_size + 4 + offset_size
                       : unsigned_at(value, offset_size);
    if (field.offset > source_->size() || field.bytes() > source_->size() - field.offset) continue;
    into.fields.push_back(field);
  }
  std::array<std::uint8_t, 8> next{};
  const std::uint64_t next_at = offset + count_size + table.size();
  if (!source_->read_at(next_at, std::span(next).first(offset_size))) return 0;
  return unsigned_at(next.data(), offset_size);
}

std::optional<TiffDirectory> TiffFile::directory_at(std::uint64_t offset) const {
  TiffDirectory directory;
  if (!read_directory(offset, directory)) return std::nullopt;
  return directory;
}

std::uint64_t TiffFile::unsigned_at(const std::uint8_t* bytes, std::size_t count) const {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = (value << 8U) | bytes[little_endian_ ? count - 1 - i : i];
  }
  return value;
}

double TiffFile::number_at(const std::uint8_t* bytes, TiffType type) const {
  const auto u32 = [&](std::size_t at) {
    return static_cast<std::uint32_t>(unsigned_at(bytes + at, 4));
  };
  switch (type) {
    case TiffType::Byte:
    case TiffType::Undefined:
      return bytes[0];
    case TiffType::SByte:
      return as_signed<std::int8_t>(bytes[0]);
    case TiffType::Short:
      return static_cast<double>(unsigned_at(bytes, 2));
    case TiffType::SShort:
      return as_signed<std::int16_t>(static_cast<std::uint16_t>(unsigned_at(bytes, 2)));
    case TiffType::Long:
    case TiffType::Ifd:
      return u32(0);
    case TiffType::SLong:
      return as_signed<std::int32_t>(u32(0));
    case TiffType::Rational:
      return quotient(u32(0), u32(4));
    case TiffType::SRational:
      return quotient(as_signed<std::int32_t>(u32(0)), as_signed<std::int32_t>(u32(4)));
    case TiffType::Float:
      return static_cast<double>(std::bit_cast<float>(u32(0)));
    case TiffType::Double:
      return std::bit_cast<double>(unsigned_at(bytes, 8));
    case TiffType::Long8:
    case TiffType::Ifd8:
      return static_cast<double>(unsigned_at(bytes, 8));
    case TiffType::SLong8:
      return as_signed<std::int64_t>(unsigned_at(bytes, 8));
    case TiffType::Ascii:
      return 0;
  }
  return 0;
}

Result<std::vector<std::uint8_t>> TiffFile::file_bytes(const TiffField& field) const {
  if (field.bytes() > max_field_bytes_) {
    return fail(ErrorCode::TooLarge,
                fmt::format("cannot be read: a field of its header is larger than {} bytes, the "
                            "limit of metadata; {}",
                            max_field_bytes_, what_allows_metadata(field.bytes())));
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(field.bytes()));
  LATENT_CHECK(source_->read_at(field.offset, bytes));
  return bytes;
}

Result<std::vector<double>> TiffFile::numbers(const TiffField& field) const {
  const auto type = static_cast<TiffType>(field.type);
  if (type == TiffType::Ascii) return std::vector<double>{};
  if (field.count > kMaxNumbers) {
    return fail(ErrorCode::TooLarge,
                fmt::format("cannot be read: a field of its header holds {} numbers, and {} are "
                            "the most that is read",
                            field.count, kMaxNumbers));
  }
  LATENT_TRY(const std::vector<std::uint8_t> bytes, file_bytes(field));
  const std::size_t size = tiff_type_size(field.type);
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(field.count));
  for (std::size_t i = 0; i < bytes.size(); i += size) values.push_back(number_at(&bytes[i], type));
  return values;
}

Result<std::vector<std::uint64_t>> TiffFile::integers(const TiffField& field) const {
  const auto type = static_cast<TiffType>(field.type);
  const std::size_t size = tiff_type_size(field.type);
  if (type == TiffType::Long8 || type == TiffType::Ifd8) {
    LATENT_TRY(const std::vector<std::uint8_t> bytes, file_bytes(field));
    std::vector<std::uint64_t> values;
    for (std::size_t i = 0; i < bytes.size(); i += size) {
      values.push_back(unsigned_at(&bytes[i], size));
    }
    return values;
  }
  LATENT_TRY(const std::vector<double> reals, numbers(field));
  std::vector<std::uint64_t> values;
  values.reserve(reals.size());
  constexpr double kTop = 9.0e15;  // below it a double is exact
  for (const double real : reals) {
    values.push_back(std::isfinite(real) && real > 0
                         ? static_cast<std::uint64_t>(std::min(std::floor(real), kTop))
                         : 0);
  }
  return values;
}

std::optional<std::uint64_t> TiffFile::integer(const TiffField* field) const {
  if (field == nullptr || field->count != 1) return std::nullopt;
  const auto values = integers(*field);
  return values && !values->empty() ? std::optional(values->front()) : std::nullopt;
}

std::string TiffFile::text(const TiffField* field) const {
  if (field == nullptr) return {};
  TiffField part = *field;
  const bool of_bytes = tiff_type_size(field->type) == 1;
  if (!of_bytes) return {};
  part.count = std::min<std::uint64_t>(part.count, kMaxText);
  const auto bytes = file_bytes(part);
  if (!bytes) return {};
  std::string text(bytes->begin(), std::find(bytes->begin(), bytes->end(), std::uint8_t{0}));
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return printable(text);
}

Result<std::vector<std::uint8_t>> TiffFile::native_bytes(const TiffField& field) const {
  LATENT_TRY(std::vector<std::uint8_t> bytes, file_bytes(field));
  const std::size_t unit = unit_size(static_cast<TiffType>(field.type), tiff_type_size(field.type));
  const bool native_is_little = std::endian::native == std::endian::little;
  if (little_endian_ == native_is_little || unit <= 1) return bytes;
  for (std::size_t i = 0; i + unit <= bytes.size(); i += unit) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + unit));
  }
  return bytes;
}

}  // namespace latent::read
