// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "write/picture/picture_writer.h"
#include "write/tiff_directory.h"

namespace latent::write {

/// Where a maker note may stand in a new file without becoming untrue.
enum class NotePlace : std::uint8_t {
  Anywhere,      ///< its offsets count from itself
  WhereItStood,  ///< its offsets may count from the start of the file
  Nowhere        ///< that place, or the byte order, cannot be had again
};

/// `first`, `last`  the offsets between which the note can be put where it stood.
/// Source   ExifTool's documentation of maker notes: whose offsets count from where.
[[nodiscard]] NotePlace note_place(const metadata::MakerNote& note, std::uint32_t first,
                                   std::uint32_t last);

/// IFD 0 fields of the photograph, as far as they are true of the new picture: with the header's
/// orientation and resolution, and with the program that wrote it. No structure, no pointers.
/// What is dropped as damaged is named in `warnings`.
[[nodiscard]] TiffDirectory image_directory(const PictureHeader& header,
                                            std::vector<std::string>& warnings);

/// The Exif IFD with size and colour space of the new picture; empty where the source has none.
/// Without maker note and interoperability.
[[nodiscard]] TiffDirectory photo_directory(const PictureHeader& header,
                                            std::vector<std::string>& warnings);

/// A whole little-endian TIFF structure with everything EXIF of the photograph, to embed in a file
/// that is no TIFF. Empty where there is nothing to say. What had to be left out is named in
/// `warnings`: a maker note that would become untrue or too large first of all.
///
/// `largest`  bytes that the block may have.
[[nodiscard]] std::vector<std::uint8_t> exif_block(const PictureHeader& header, std::size_t largest,
                                                   std::vector<std::string>& warnings);

/// The XMP packet to embed, with the provenance; may be empty.
///
/// Errors   as metadata::xmp_with_provenance().
[[nodiscard]] Result<std::string> xmp_block(const PictureHeader& header);

/// IPTC records as most writers put them into TIFF: bytes called LONG, zeros after the last.
/// ExifTool warns of others.
[[nodiscard]] std::vector<std::uint32_t> iptc_words(const std::vector<std::uint8_t>& iptc);

/// The interoperability directory; its index, DCF's option for sRGB or Adobe RGB, is that of the
/// new picture's profile, and goes where that is neither.
[[nodiscard]] TiffDirectory interop_directory(const PictureHeader& header,
                                              std::vector<std::string>& warnings);

/// IPTC and what Photoshop keeps beside it, as its resources; empty where there is none.
[[nodiscard]] std::vector<std::uint8_t> photoshop_block(const metadata::Metadata& source);

/// IPTC records as a Photoshop image resource ("8BIM", 0x0404), which JPEG and PNG embed.
[[nodiscard]] std::vector<std::uint8_t> iptc_resource(const std::vector<std::uint8_t>& iptc);

}  // namespace latent::write
