// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metadata/placing.h"

namespace latent::metadata {

/// The part of place() for EXIF and TIFF fields.
void place_fields(Metadata& metadata, const Placing& placing);

/// The part of place() for a packet of XMP. A packet that cannot be read is left as it is.
void place_xmp(std::string& packet, const Placing& placing);

/// A rectangle of a picture of that size in the picture as it is turned for viewing.
[[nodiscard]] Rect turned(const Rect& rect, Size picture, Orientation orientation);

}  // namespace latent::metadata
