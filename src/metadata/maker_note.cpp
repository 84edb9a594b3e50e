// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/maker_note.h"

#include <exiv2/exiv2.hpp>
#include <string>

#include "metadata/maker_note_place.h"

namespace latent::metadata {

namespace {

/// The note as it stands in `exif`, or none.
std::optional<MakerNote> note_as_found(const Exiv2::ExifData& exif,
                                       std::span<const std::uint8_t> beginning,
                                       const Limits& limits) {
  const auto note = exif.findKey(Exiv2::ExifKey("Exif.Photo.MakerNote"));
  const auto offset = exif.findKey(Exiv2::ExifKey("Exif.MakerNote.Offset"));
  if (note == exif.end() || note->size() <= 0) return std::nullopt;
  if (static_cast<std::size_t>(note->size()) > limits.max_metadata_bytes) return std::nullopt;
  MakerNote result;
  result.bytes.resize(static_cast<std::size_t>(note->size()));
  note->copy(result.bytes.data(), Exiv2::littleEndian);
  const auto order = exif.findKey(Exiv2::ExifKey("Exif.MakerNote.ByteOrder"));
  if (offset != exif.end() && order != exif.end()) {
    result.source_offset = static_cast<std::uint32_t>(offset->toLong());
    result.big_endian = order->toString() == "MM";
  } else if (const auto place = find_maker_note(beginning, result.bytes)) {
    result.source_offset = place->offset;
    result.big_endian = place->big_endian;
  }
  return result;
}

/// Lets Exiv2 lay out the Canon fields of a CR3 or CRW as a note inside a small TIFF, and takes it
/// from there.
std::optional<MakerNote> note_of_canon_fields(const Exiv2::ExifData& exif, const Limits& limits) {
  Exiv2::ExifData alone;
  for (const Exiv2::Exifdatum& datum : exif) {
    if (datum.groupName().starts_with("Canon")) alone.add(datum);
  }
  if (alone.empty()) return std::nullopt;
  alone["Exif.Image.Make"] = "Canon";
  Exiv2::Blob tiff;
  Exiv2::ExifParser::encode(tiff, Exiv2::littleEndian, alone);
  Exiv2::ExifData back;
  Exiv2::ExifParser::decode(back, tiff.data(), static_cast<std::uint32_t>(tiff.size()));
  return note_as_found(back, tiff, limits);
}

}  // namespace

std::optional<MakerNote> maker_note_of(const Exiv2::ExifData& exif,
                                       std::span<const std::uint8_t> beginning,
                                       const Limits& limits) {
  auto note = note_as_found(exif, beginning, limits);
  return note ? note : note_of_canon_fields(exif, limits);
}

}  // namespace latent::metadata
