// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace latent::metadata {

/// Where a maker note stands in its TIFF structure, and the byte order of that.
struct MakerNotePlace {
  std::uint32_t offset = 0;
  bool big_endian = false;
};

/// Finds the maker note with exactly these bytes: Exiv2 tells its place only for makers whose notes
/// it decodes. Looks for every TIFF structure in `file`, for the Exif IFD of its IFD 0, for the
/// note in that.
///
/// `file`  the beginning of a file of any kind; nothing in it is trusted.
[[nodiscard]] std::optional<MakerNotePlace> find_maker_note(std::span<const std::uint8_t> file,
                                                            std::span<const std::uint8_t> note);

}  // namespace latent::metadata
