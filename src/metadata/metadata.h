// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "image/mosaic.h"

namespace latent::metadata {

/// One EXIF field as TIFF stores it.
struct Field {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;           ///< TIFF field type (1 BYTE, 2 ASCII, ..., 12 DOUBLE)
  std::uint32_t count = 0;          ///< values, not bytes
  std::vector<std::uint8_t> bytes;  ///< the values, in the byte order of this machine
  friend bool operator==(const Field&, const Field&) = default;
};

/// A maker note, byte for byte. Many hold offsets counted from the start of their TIFF file, so it
/// stays true only at the offset at which it was found.
struct MakerNote {
  std::vector<std::uint8_t> bytes;
  std::uint32_t source_offset = 0;  ///< from the start of the source's TIFF structure
  bool big_endian = false;          ///< the byte order of that structure
};

/// The keyword of what JPEG keeps in its COM segments.
inline constexpr std::string_view kCommentKeyword = "Comment";

/// A text that PNG keeps under a keyword of its own: "Title", "Comment", ...; a comment of a JPEG.
struct TextEntry {
  std::string keyword;             ///< 1 to 79 letters of printable ASCII
  std::string text;                ///< UTF-8, may have line feeds
  std::string language;            ///< of an iTXt chunk, as RFC 3066 has it ("en"), or empty
  std::string translated_keyword;  ///< in that language, or empty
  bool elsewhere = false;          ///< EXIF or XMP says it too: nothing is lost without it
  friend bool operator==(const TextEntry&, const TextEntry&) = default;
};

/// What stands behind the picture of a JPEG and belongs to it, byte for byte, and the index of MPF
/// that points at it.
struct Attached {
  std::string name;  ///< in words: "a gain map (HDR)"
  std::vector<std::uint8_t> behind;
  std::uint64_t behind_at = 0;      ///< in the source
  std::vector<std::uint8_t> index;  ///< a TIFF structure, or empty
  std::uint64_t index_at = 0;       ///< in the source
};

/// An attribute of an OpenEXR header, its value byte for byte.
struct ExrAttribute {
  std::string name;
  std::string type;
  std::vector<std::uint8_t> value;
  friend bool operator==(const ExrAttribute&, const ExrAttribute&) = default;
};

/// What a photograph says about itself: EXIF, GPS, maker note, XMP, IPTC, PNG text and JPEG
/// comments of a file, less what is true of that file only (picture sizes, strips and tiles,
/// thumbnails and previews, and all DNG tags of the raw picture).
///
/// XMP that a JPEG keeps in an extension is joined to its packet. Title, description, author and
/// copyright of PNG text are said in XMP too, where neither EXIF nor XMP says anything of them.
///
/// The fields of each directory are in ascending order of their tags, each tag once.
struct Metadata {
  std::vector<Field> image;    ///< IFD 0
  std::vector<Field> raw;      ///< the raw picture's IFD: the maker's lens corrections (Sony)
  std::vector<Field> photo;    ///< Exif IFD
  std::vector<Field> gps;      ///< GPS IFD
  std::vector<Field> interop;  ///< Interoperability IFD
  std::optional<MakerNote> maker_note;
  std::string xmp;                      ///< an XMP packet, or empty
  std::vector<std::uint8_t> iptc;       ///< IPTC IIM records, or empty
  std::vector<TextEntry> texts;         ///< of a PNG, or the comments of a JPEG
  std::vector<std::uint8_t> photoshop;  ///< its resources (paths), or empty
  std::vector<ExrAttribute> exr;        ///< windows, aspect, colours and what no field says
  std::optional<Attached> attached;     ///< behind the picture of a JPEG
  std::vector<std::string> warnings;    ///< what was dropped as damaged, one sentence each

  /// Reads the metadata of any file that Exiv2 knows, and of JPEG XL and OpenEXR. A file without
  /// metadata, with damaged metadata or of an unknown format gives what can be read, the rest is
  /// named in `warnings`: a picture is never lost for its captions.
  ///
  /// Threads  any; calls wait for one another.
  [[nodiscard]] static Metadata read(const ByteSource& source, const Limits& limits = {});

  /// A text field of IFD 0 (0x0131 Software, 0x010f Make, ...), or empty.
  [[nodiscard]] std::string image_text(std::uint16_t tag) const;

  /// The program that wrote the source: EXIF Software, else the PNG text of that name, or empty.
  [[nodiscard]] std::string software() const;

  /// How the picture is to be turned: EXIF Orientation, else tiff:Orientation of XMP, each as far
  /// as it is 1 to 8. For containers that state none themselves; absent where nobody does.
  [[nodiscard]] std::optional<Orientation> orientation() const;
};

/// A line for people: "Lens", "EF24-105mm f/4L IS USM".
struct DescribedField {
  std::string name;
  std::string value;
};

/// The handful of facts that `latent info` shows, in words, as far as they are there: camera, lens,
/// date, exposure time, aperture, ISO, focal length, author, copyright, software, GPS position.
[[nodiscard]] std::vector<DescribedField> describe(const ByteSource& source);

}  // namespace latent::metadata
