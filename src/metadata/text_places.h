// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metadata/metadata.h"

namespace Exiv2 {  // NOLINT(readability-identifier-naming): the library's own name
class XmpData;
}

namespace latent::metadata {

/// Says in XMP what the texts of a PNG say of title, description, author and copyright, where
/// neither EXIF nor XMP says anything of it; marks those that are said there now, or were already.
///
/// Errors   throws what Exiv2 throws.
/// Threads  under Exiv2Guard.
void place_texts(Metadata& metadata, Exiv2::XmpData& xmp);

}  // namespace latent::metadata
