// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/byte_source.h"

namespace Exiv2 {
class Image;  // Exiv2's own
}

namespace latent::metadata {

/// Lets Exiv2 look at a source: it opens no file itself, and cannot write. What it wants whole (the
/// TIFF family) it is given as ByteSource::whole() does, for as long as it looks. `source` must
/// outlive the result. An Exiv2Guard must be held.
///
/// Throws   what Exiv2 throws, where it knows no such file.
[[nodiscard]] std::unique_ptr<Exiv2::Image> open_exiv2(const ByteSource& source);

}  // namespace latent::metadata
