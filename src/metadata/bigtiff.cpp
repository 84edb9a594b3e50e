// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/bigtiff.h"

#include <algorithm>
#include <limits>

#include "metadata/carried_fields.h"
#include "metadata/tiff_fields.h"

namespace latent::metadata {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kMostFields = 4096;
constexpr std::uint16_t kPhotoshop = 0x8649;

/// A field with its values in little-endian order.
struct Entry {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint64_t count = 0;
  std::uint64_t at = 0;  ///< of the values, in the file
  Bytes values;
};

/// Reads directories of a file, and writes them as a classic TIFF has them.
class BigTiff {
 public:
  BigTiff(const ReadAt& read_at, bool little, std::size_t room)
      : read_at_(read_at), little_(little), room_(room) {}

  [[nodiscard]] bool over_budget() const { return over_budget_; }

  std::vector<Entry> directory(std::uint64_t at) {
    constexpr std::size_t kEntry = 20;
    std::vector<Entry> entries;
    const Bytes head = read_at_(at, 8);
    if (head.size() < 8) return entries;
    const std::uint64_t count = std::min(number(head), kMostFields);
    const Bytes table = read_at_(at + 8, static_cast<std::size_t>(count) * kEntry);
    for (std::size_t i = 0; (i + 1) * kEntry <= table.size(); ++i) {
      const auto field = std::span(table).subspan(i * kEntry, kEntry);
      Entry entry;
      entry.tag = static_cast<std::uint16_t>(number(field.first(2)));
      entry.type = static_cast<std::uint16_t>(number(field.subspan(2, 2)));
      entry.count = number(field.subspan(4, 8));
      const std::size_t size = tiff_type_size(entry.type);
      if (size == 0 || entry.count == 0 || entry.count > std::numeric_limits<int>::max()) continue;
      const bool inside = entry.count * size <= 8;
      entry.at = inside ? at + 8 + i * kEntry + 12 : number(field.subspan(12, 8));
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  /// The bytes of an entry as they stand in the file; none where they pass what is left of memory.
  Bytes stored(const Entry& entry) {
    const std::uint64_t size = entry.count * tiff_type_size(entry.type);
    if (size > room_) {
      over_budget_ = true;
      return {};
    }
    Bytes bytes = read_at_(entry.at, static_cast<std::size_t>(size));
    if (bytes.size() < size) return {};
    room_ -= bytes.size();
    return bytes;
  }

  /// Whether the entry became one that a classic TIFF can have.
  bool load(Entry& entry) {
    Bytes bytes = stored(entry);
    if (bytes.empty()) return false;
    turn(bytes, entry.type);
    if (entry.type >= kLong8) return shorten(entry, bytes);
    entry.values = std::move(bytes);
    return true;
  }

  std::optional<std::uint64_t> pointer(const std::vector<Entry>& entries, std::uint16_t tag) {
    const auto found = std::ranges::find(entries, tag, &Entry::tag);
    if (found == entries.end() || found->count != 1) return std::nullopt;
    Entry copy = *found;
    Bytes bytes = stored(copy);
    if (bytes.empty()) return std::nullopt;
    return number(bytes);
  }

 private:
  static constexpr std::uint16_t kLong8 = 16;
  static constexpr std::uint16_t kSLong8 = 17;

  [[nodiscard]] std::uint64_t number(std::span<const std::uint8_t> bytes) const {
    return little_ ? little_endian(bytes) : big_endian(bytes);
  }

  void turn(Bytes& bytes, std::uint16_t type) const {
    if (little_) return;
    const bool fraction = type == static_cast<std::uint16_t>(TiffType::Rational) ||
                          type == static_cast<std::uint16_t>(TiffType::SRational);
    const std::size_t unit = fraction ? 4 : tiff_type_size(type);
    for (std::size_t at = 0; unit > 1 && at + unit <= bytes.size(); at += unit) {
      std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                   bytes.begin() + static_cast<std::ptrdiff_t>(at + unit));
    }
  }

  /// Numbers of 64 bits as such of 32, where they are small enough.
  static bool shorten(Entry& entry, const Bytes& bytes) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      const auto value = std::span(bytes).subspan(at, 8);
      const std::uint64_t high = little_endian(value.last(4));
      const bool below_zero = entry.type == kSLong8 && (value[3] & 0x80U) != 0;
      if (high != (below_zero ? 0xFFFFFFFFU : 0U)) return false;
      entry.values.insert(entry.values.end(), value.begin(), value.begin() + 4);
    }
    entry.type =
        static_cast<std::uint16_t>(entry.type == kSLong8 ? TiffType::SLong : TiffType::Long);
    return true;
  }

  const ReadAt& read_at_;
  bool little_;
  std::size_t room_;
  bool over_budget_ = false;
};

void put(Bytes& out, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

void set_pointer(std::vector<Entry>& entries, std::uint16_t tag, std::size_t to) {
  if (to == 0) return;
  Entry entry{tag, static_cast<std::uint16_t>(TiffType::Long), 1, 0, {}};
  put(entry.values, to, 4);
  entries.push_back(std::move(entry));
}

/// Appends a directory and gives its place; 0 where there is nothing to say.
std::size_t append(Bytes& file, std::vector<Entry> entries) {
  if (entries.empty()) return 0;
  std::ranges::stable_sort(entries, {}, &Entry::tag);
  if (file.size() % 2 != 0) file.push_back(0);
  const std::size_t place = file.size();
  Bytes behind;
  const std::size_t behind_at = place + 2 + 12 * entries.size() + 4;
  put(file, entries.size(), 2);
  for (const Entry& entry : entries) {
    put(file, entry.tag, 2);
    put(file, entry.type, 2);
    put(file, entry.count, 4);
    if (entry.values.size() <= 4) {
      file.insert(file.end(), entry.values.begin(), entry.values.end());
      put(file, 0, 4 - entry.values.size());
      continue;
    }
    put(file, behind_at + behind.size(), 4);
    behind.insert(behind.end(), entry.values.begin(), entry.values.end());
    if (behind.size() % 2 != 0) behind.push_back(0);
  }
  put(file, 0, 4);
  file.insert(file.end(), behind.begin(), behind.end());
  return place;
}

template <class IsWanted>
std::vector<Entry> wanted(BigTiff& file, const std::vector<Entry>& all, IsWanted is_wanted) {
  std::vector<Entry> entries;
  for (Entry entry : all) {
    if (is_wanted(entry.tag) && file.load(entry)) entries.push_back(std::move(entry));
  }
  return entries;
}

class Taker {
 public:
  Taker(BigTiff file, bool little) : file_(std::move(file)), little_(little) {}

  ContainerBlocks take(std::uint64_t first) {
    const auto all = file_.directory(first);
    take_blocks(all);
    const bool is_dng = std::ranges::find(all, tag::kDngVersion, &Entry::tag) != all.end();
    auto image =
        wanted(file_, all, [&](std::uint16_t tag) { return carried_from_image_ifd(tag, is_dng); });
    Bytes classic{'I', 'I', 42, 0, 0, 0, 0, 0};
    set_pointer(image, tag::kExifIfd, append(classic, photo(all, classic)));
    set_pointer(image, tag::kGpsIfd, append(classic, child(all, tag::kGpsIfd)));
    const std::size_t place = append(classic, std::move(image));
    for (unsigned i = 0; i < 4; ++i) classic[4 + i] = static_cast<std::uint8_t>(place >> (8 * i));
    if (place != 0) blocks_.exif = std::move(classic);
    if (file_.over_budget()) {
      blocks_.warnings.emplace_back("metadata of the source that is too large was left out");
    }
    return std::move(blocks_);
  }

 private:
  void take_blocks(const std::vector<Entry>& all) {
    for (const Entry& entry : all) {
      if (entry.tag == tag::kXmp) {
        const Bytes bytes = file_.stored(entry);
        blocks_.xmp.assign(bytes.begin(), bytes.end());
      }
      if (entry.tag == tag::kIptc) blocks_.iptc = file_.stored(entry);
      if (entry.tag == kPhotoshop) blocks_.photoshop = file_.stored(entry);
    }
  }

  std::vector<Entry> child(const std::vector<Entry>& parent, std::uint16_t tag) {
    const auto at = file_.pointer(parent, tag);
    if (!at) return {};
    return wanted(file_, file_.directory(*at), [](std::uint16_t) { return true; });
  }

  std::vector<Entry> photo(const std::vector<Entry>& parent, Bytes& classic) {
    const auto at = file_.pointer(parent, tag::kExifIfd);
    if (!at) return {};
    const auto all = file_.directory(*at);
    const auto note = std::ranges::find(all, tag::kMakerNote, &Entry::tag);
    if (note != all.end() && note->at <= std::numeric_limits<std::uint32_t>::max()) {
      blocks_.note = MakerNote{file_.stored(*note), static_cast<std::uint32_t>(note->at), !little_};
      if (blocks_.note->bytes.empty()) blocks_.note.reset();
    }
    auto entries = wanted(file_, all, carried_from_photo_ifd);
    set_pointer(entries, tag::kInteropIfd, append(classic, child(all, tag::kInteropIfd)));
    return entries;
  }

  BigTiff file_;
  bool little_;
  ContainerBlocks blocks_;
};

}  // namespace

std::optional<ContainerBlocks> bigtiff_blocks(const ReadAt& read_at, const Limits& limits) {
  using namespace std::string_view_literals;
  const Bytes head = read_at(0, 16);
  const bool little = begins_with(head, "II+\0\x08\0\0\0"sv);
  if (head.size() < 16 || (!little && !begins_with(head, "MM\0+\0\x08\0\0"sv))) return std::nullopt;
  const auto first = std::span(head).last(8);
  return Taker(BigTiff(read_at, little, limits.max_metadata_bytes), little)
      .take(little ? little_endian(first) : big_endian(first));
}

}  // namespace latent::metadata
