// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/limits.h"
#include "metadata/metadata.h"

namespace Exiv2 {  // NOLINT(readability-identifier-naming): the library's own name
class ExifData;
}

namespace latent::metadata {

/// The maker note of decoded EXIF, byte for byte with the offset at which it stood. Where a format
/// keeps the maker's fields outside of EXIF (CR3, CRW), a note is composed of them.
///
/// `beginning`  the first bytes of the file, to look for the note where Exiv2 does not tell its
/// place. Errors   throws what Exiv2 throws.
[[nodiscard]] std::optional<MakerNote> maker_note_of(const Exiv2::ExifData& exif,
                                                     std::span<const std::uint8_t> beginning,
                                                     const Limits& limits);

}  // namespace latent::metadata
