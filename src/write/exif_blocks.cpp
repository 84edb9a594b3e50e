// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/exif_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string_view>

#include "metadata/bytes.h"
#include "metadata/tiff_fields.h"
#include "write/big_endian.h"
#include "write/dng/dng_main_fields.h"
#include "write/icc_facts.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

constexpr std::uint16_t kInch = 2;
constexpr std::uint16_t kCentimetre = 3;

bool counts_from_itself(const metadata::MakerNote& note) {
  using namespace std::string_view_literals;
  constexpr std::array kHeaders{
      "Nikon\0\2"sv,       "FUJIFILM"sv,  "OLYMPUS\0II"sv, "OLYMPUS\0MM"sv,
      "OM SYSTEM\0\0\0"sv, "PENTAX \0"sv, "Apple iOS\0"sv,
  };
  return std::any_of(kHeaders.begin(), kHeaders.end(), [&](std::string_view header) {
    return metadata::begins_with(note.bytes, header);
  });
}

/// Whether a note is read rightly in a little-endian file: those of big-endian files only where
/// they say so themselves ("MM" within their first bytes).
bool knows_its_byte_order(const metadata::MakerNote& note) {
  constexpr std::size_t kNoteHeader = 20;
  if (!note.big_endian) return true;
  for (std::size_t i = 0; i + 1 < std::min(kNoteHeader, note.bytes.size()); ++i) {
    if (note.bytes[i] == 'M' && note.bytes[i + 1] == 'M') return true;
  }
  return false;
}

const metadata::Field* find(const std::vector<metadata::Field>& fields, std::uint16_t tag) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const metadata::Field& field) { return field.tag == tag; });
  return found == fields.end() ? nullptr : &*found;
}

/// Dots per inch that the source's EXIF gives, 0 where it does not.
double dots_per_inch(const std::vector<metadata::Field>& fields, std::uint16_t tag) {
  const metadata::Field* density = find(fields, tag);
  const metadata::Field* unit = find(fields, tag::kResolutionUnit);
  std::array<std::uint32_t, 2> fraction{};
  std::uint16_t unit_value = kInch;
  if (density == nullptr || density->bytes.size() != sizeof(fraction)) return 0;
  std::memcpy(fraction.data(), density->bytes.data(), sizeof(fraction));
  if (unit != nullptr && unit->bytes.size() == sizeof(unit_value)) {
    std::memcpy(&unit_value, unit->bytes.data(), sizeof(unit_value));
  }
  if (fraction[1] == 0) return 0;
  const double dots = static_cast<double>(fraction[0]) / fraction[1];
  return unit_value == kCentimetre ? dots * 2.54 : dots;
}

/// The header's resolution; fractions and unit of the source where they say the same.
void set_resolution(const PictureHeader& header, TiffDirectory& image) {
  constexpr double kSame = 1e-3;
  const Resolution& wanted = header.resolution;
  if (!(wanted.x > 0) || !(wanted.y > 0)) return;
  const auto& source = header.metadata.image;
  if (std::abs(dots_per_inch(source, tag::kXResolution) - wanted.x) < kSame * wanted.x &&
      std::abs(dots_per_inch(source, tag::kYResolution) - wanted.y) < kSame * wanted.y) {
    return;
  }
  image.set_rational(tag::kXResolution, wanted.x);
  image.set_rational(tag::kYResolution, wanted.y);
  image.set_short(tag::kResolutionUnit, kInch);
}

/// The parts of an EXIF block and where each stands.
struct Parts {
  TiffDirectory image, photo, interop, gps;
  const metadata::MakerNote* note = nullptr;
  std::size_t note_at = 0;
  std::size_t end = 0;
  std::array<std::size_t, 4> at{};  ///< image, photo, interop, gps

  [[nodiscard]] std::array<TiffDirectory*, 4> directories() {
    return {&image, &photo, &interop, &gps};
  }
};

std::size_t even(std::size_t position) { return position + position % 2; }

/// Deals out places one behind the other, around a note that must stand where it stood.
void lay_out(Parts& parts, NotePlace place) {
  constexpr std::size_t kHeader = 8;
  std::size_t cursor = kHeader;
  const bool fixed = parts.note != nullptr && place == NotePlace::WhereItStood;
  const std::size_t note_bytes = parts.note == nullptr ? 0 : parts.note->bytes.size();
  if (fixed) parts.note_at = parts.note->source_offset;
  const std::size_t note_end = parts.note_at + note_bytes;
  const auto directories = parts.directories();
  for (std::size_t i = 0; i < directories.size(); ++i) {
    if (directories[i]->empty()) continue;
    const std::size_t size = directories[i]->serialise(0, TiffFlavour::Classic).size();
    if (fixed && cursor < note_end && cursor + size > parts.note_at) cursor = even(note_end);
    parts.at[i] = cursor;
    cursor = even(cursor + size);
  }
  if (parts.note != nullptr && !fixed) {
    parts.note_at = cursor;
    cursor += note_bytes;
  }
  parts.end = std::max(cursor, fixed ? even(note_end) : std::size_t{0});
}

/// Pointers get a value before places are known, so that sizes do not change any more.
void set_pointers(Parts& parts) {
  if (parts.note != nullptr) {
    parts.photo.set_elsewhere(tag::kMakerNote, TiffType::Undefined, parts.note->bytes.size(),
                              std::max<std::size_t>(1, parts.note_at));
  }
  if (!parts.interop.empty()) parts.photo.set_offset(tag::kInteropIfd, parts.at[2]);
  if (!parts.photo.empty()) parts.image.set_offset(tag::kExifIfd, parts.at[1]);
  if (!parts.gps.empty()) parts.image.set_offset(tag::kGpsIfd, parts.at[3]);
}

std::vector<std::uint8_t> assemble(Parts& parts, NotePlace place) {
  set_pointers(parts);
  lay_out(parts, place);
  set_pointers(parts);
  std::vector<std::uint8_t> block = tiff_header(parts.at[0], TiffFlavour::Classic);
  block.resize(parts.end);
  const auto put = [&](std::size_t at, const std::vector<std::uint8_t>& bytes) {
    std::copy(bytes.begin(), bytes.end(), block.begin() + static_cast<std::ptrdiff_t>(at));
  };
  const auto directories = parts.directories();
  for (std::size_t i = 0; i < directories.size(); ++i) {
    if (directories[i]->empty()) continue;
    put(parts.at[i], directories[i]->serialise(parts.at[i], TiffFlavour::Classic));
  }
  if (parts.note != nullptr) put(parts.note_at, parts.note->bytes);
  return block;
}

/// Floats without a profile are rather linear.
bool is_srgb(const PictureHeader& header) {
  return header.icc.empty() ? header.depth != SampleDepth::F32 : icc_facts(header.icc).is_srgb;
}

bool nothing_to_say(const PictureHeader& header) {
  const auto& source = header.metadata;
  return source.image.empty() && source.photo.empty() && source.gps.empty() &&
         source.interop.empty() && !source.maker_note && header.orientation == 1 &&
         !header.provenance;
}

}  // namespace

NotePlace note_place(const metadata::MakerNote& note, std::uint32_t first, std::uint32_t last) {
  constexpr std::size_t kInlineBytes = 8;
  if (note.bytes.size() <= kInlineBytes || !knows_its_byte_order(note)) return NotePlace::Nowhere;
  if (note.source_offset >= first && note.source_offset <= last) return NotePlace::WhereItStood;
  return counts_from_itself(note) ? NotePlace::Anywhere : NotePlace::Nowhere;
}

TiffDirectory image_directory(const PictureHeader& header, std::vector<std::string>& warnings) {
  TiffDirectory image = plain_directory(header.metadata.image, warnings);
  image.set_short(tag::kOrientation, header.orientation);
  set_resolution(header, image);
  if (header.provenance) {
    image.set_ascii(tag::kSoftware, "Latent " + header.provenance->latent_version);
  }
  return image;
}

TiffDirectory photo_directory(const PictureHeader& header, std::vector<std::string>& warnings) {
  constexpr std::uint16_t kSrgb = 1;
  constexpr std::uint16_t kUncalibrated = 65535;
  const auto& source = header.metadata;
  TiffDirectory photo = plain_directory(source.photo, warnings);
  if (photo.empty() && source.interop.empty() && !source.maker_note) return photo;
  if (!photo.contains(tag::kExifVersion)) {
    photo.set_undefined(tag::kExifVersion, std::array<std::uint8_t, 4>{'0', '2', '3', '0'});
  }
  photo.set_short(tag::kColorSpace, is_srgb(header) ? kSrgb : kUncalibrated);
  photo.set_long(tag::kPixelXDimension, static_cast<std::uint32_t>(header.size.width));
  photo.set_long(tag::kPixelYDimension, static_cast<std::uint32_t>(header.size.height));
  return photo;
}

TiffDirectory interop_directory(const PictureHeader& header, std::vector<std::string>& warnings) {
  constexpr std::uint16_t kIndex = 1;
  constexpr std::uint16_t kVersion = 2;
  TiffDirectory interop = plain_directory(header.metadata.interop, warnings);
  const metadata::Field* said = find(header.metadata.interop, kIndex);
  if (said == nullptr) return interop;
  const std::string option(said->bytes.begin(),
                           std::find(said->bytes.begin(), said->bytes.end(), 0));
  const IccFacts facts = icc_facts(header.icc);
  const bool true_of_srgb = option == "R98" && is_srgb(header);
  const bool true_of_adobe = option == "R03" && facts.is_adobe_rgb;
  if (true_of_srgb || true_of_adobe || (option != "R98" && option != "R03")) return interop;
  if (is_srgb(header) || facts.is_adobe_rgb) {
    interop.set_ascii(kIndex, is_srgb(header) ? "R98" : "R03");
  } else {
    interop.erase(kIndex);
    interop.erase(kVersion);
  }
  return interop;
}

std::vector<std::uint8_t> exif_block(const PictureHeader& header, std::size_t largest,
                                     std::vector<std::string>& warnings) {
  constexpr std::uint32_t kFirstNoteOffset = 8;
  constexpr std::uint32_t kLastNoteOffset = 1U << 16U;  // what stands before is zeros in the file
  if (nothing_to_say(header)) return {};
  Parts parts;
  parts.image = image_directory(header, warnings);
  parts.photo = photo_directory(header, warnings);
  parts.interop = interop_directory(header, warnings);
  parts.gps = plain_directory(header.metadata.gps, warnings);
  const auto& note = header.metadata.maker_note;
  const NotePlace place =
      note ? note_place(*note, kFirstNoteOffset, kLastNoteOffset) : NotePlace::Nowhere;
  if (place != NotePlace::Nowhere) {
    Parts with_note = parts;
    with_note.note = &*note;
    auto block = assemble(with_note, place);
    if (block.size() <= largest) return block;
    warnings.emplace_back(
        "the maker note was left out: EXIF would be larger than the format allows");
  } else if (note) {
    warnings.emplace_back(
        "the maker note was left out: it holds offsets or a byte order that would be wrong in the "
        "new file");
  }
  auto block = assemble(parts, NotePlace::Nowhere);
  if (block.size() <= largest) return block;
  parts.image.erase(tag::kDngPrivateData);
  block = assemble(parts, NotePlace::Nowhere);
  if (block.size() <= largest) return block;
  warnings.emplace_back("EXIF was left out: it is larger than the format allows");
  return {};
}

Result<std::string> xmp_block(const PictureHeader& header) {
  std::string xmp = header.metadata.xmp;
  if (header.provenance) {
    const std::string software = header.metadata.software();
    LATENT_TRY(xmp, metadata::xmp_with_provenance(xmp, software, *header.provenance));
  }
  return metadata::xmp_for_picture(xmp, header.orientation, is_srgb(header));
}

std::vector<std::uint32_t> iptc_words(const std::vector<std::uint8_t>& iptc) {
  std::vector<std::uint32_t> words((iptc.size() + 3) / 4);
  for (std::size_t i = 0; i < iptc.size(); ++i) {
    words[i / 4] |= std::uint32_t{iptc[i]} << (8 * (i % 4));
  }
  return words;
}

std::vector<std::uint8_t> photoshop_block(const metadata::Metadata& source) {
  std::vector<std::uint8_t> block;
  if (!source.iptc.empty()) block = iptc_resource(source.iptc);
  block.insert(block.end(), source.photoshop.begin(), source.photoshop.end());
  return block;
}

std::vector<std::uint8_t> iptc_resource(const std::vector<std::uint8_t>& iptc) {
  std::vector<std::uint8_t> out{'8', 'B', 'I', 'M', 0x04, 0x04, 0, 0};  // no name
  put_big_endian(out, iptc.size());
  out.insert(out.end(), iptc.begin(), iptc.end());
  if (out.size() % 2 != 0) out.push_back(0);
  return out;
}

}  // namespace latent::write
