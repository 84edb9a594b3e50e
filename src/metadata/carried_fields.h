// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace latent::metadata {

/// Whether a field of IFD 0 is true of the photograph, not only of the file it was found in. Of the
/// DNG range only what identifies the camera travels here, and only from a DNG: other makers use
/// some of its numbers for pointers of their own.
[[nodiscard]] bool carried_from_image_ifd(std::uint16_t tag, bool source_is_dng);

/// The same for the Exif IFD; the maker note travels by its own way.
[[nodiscard]] bool carried_from_photo_ifd(std::uint16_t tag);

/// The same for the raw picture's IFD: only the lens corrections that Sony stores there.
[[nodiscard]] bool carried_from_raw_ifd(std::uint16_t tag);

/// The same for an XMP property by its key ("Xmp.tiff.ImageWidth").
[[nodiscard]] bool carried_from_xmp(const char* key);

}  // namespace latent::metadata
