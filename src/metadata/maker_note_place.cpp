// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/maker_note_place.h"

#include <algorithm>
#include <cstddef>

#include "metadata/tiff_fields.h"

namespace latent::metadata {

namespace {

constexpr std::size_t kEntryBytes = 12;

/// A TIFF structure from its byte order mark on. Numbers beyond its end are 0.
class TiffWalk {
 public:
  TiffWalk(std::span<const std::uint8_t> bytes, bool big_endian)
      : bytes_(bytes), big_endian_(big_endian) {}

  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8U | bytes_[at + (big_endian_ ? i : size - 1 - i)];
    }
    return value;
  }

  /// Position of the entry of `tag` in the directory at `directory`, or 0.
  [[nodiscard]] std::size_t entry(std::size_t directory, std::uint16_t tag) const {
    const std::size_t entries = number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
      const std::size_t at = directory + 2 + i * kEntryBytes;
      if (at >= bytes_.size()) return 0;
      if (number(at, 2) == tag) return at;
    }
    return 0;
  }

  [[nodiscard]] bool stands_at(std::size_t at, std::span<const std::uint8_t> what) const {
    return at <= bytes_.size() && bytes_.size() - at >= what.size() &&
           std::equal(what.begin(), what.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool big_endian_;
};

std::optional<MakerNotePlace> note_of_structure(std::span<const std::uint8_t> bytes,
                                                bool big_endian,
                                                std::span<const std::uint8_t> note) {
  const TiffWalk tiff(bytes, big_endian);
  const std::size_t exif = tiff.entry(tiff.number(4, 4), tag::kExifIfd);
  if (exif == 0) return std::nullopt;
  const std::size_t entry = tiff.entry(tiff.number(exif + 8, 4), tag::kMakerNote);
  if (entry == 0 || tiff.number(entry + 4, 4) != note.size()) return std::nullopt;
  const std::uint32_t offset = tiff.number(entry + 8, 4);
  if (!tiff.stands_at(offset, note)) return std::nullopt;
  return MakerNotePlace{offset, big_endian};
}

}  // namespace

std::optional<MakerNotePlace> find_maker_note(std::span<const std::uint8_t> file,
                                              std::span<const std::uint8_t> note) {
  constexpr std::size_t kSmallest = 8;
  for (std::size_t at = 0; at + kSmallest <= file.size(); ++at) {
    const bool little = file[at] == 'I' && file[at + 1] == 'I';
    const bool big = file[at] == 'M' && file[at + 1] == 'M';
    if (!little && !big) continue;
    const auto place = note_of_structure(file.subspan(at), big, note);
    if (place) return place;
  }
  return std::nullopt;
}

}  // namespace latent::metadata
