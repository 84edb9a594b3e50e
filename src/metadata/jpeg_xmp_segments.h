// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "metadata/bytes.h"

namespace latent::metadata {

/// What a JPEG file says beyond the 64 kB of its XMP packet.
struct XmpExtension {
  std::string packet;
  bool is_as_named = true;  ///< its MD5 is its name, as the specification wants it
};

/// The name of a segment of such an extension: the word, a zero behind it.
inline constexpr std::string_view kXmpExtensionName{"http://ns.adobe.com/xmp/extension/\0", 35};
/// Behind that word: the extension's name, its whole size, the offset of the piece in it.
inline constexpr std::size_t kXmpExtensionHead = 32 + 4 + 4;

/// Puts the extension of a JPEG file together from its segments, which may stand in any order and
/// say where each belongs. Memory is taken when all pieces are known to be there.
///
/// `name`   what the packet says in xmpNote:HasExtendedXMP, 32 hex digits.
/// Errors   NotFound  no segment has that name, or the file is no JPEG.
///          Corrupt   a piece is missing, stands twice, or contradicts the others.
///          TooLarge  passes `limits`. The sentences are predicates.
/// Source   XMP Specification part 3 (2020), 1.1.3.1 "Extended XMP in JPEG".
[[nodiscard]] Result<XmpExtension> xmp_extension(const ReadAt& read_at, std::string_view name,
                                                 const Limits& limits);

}  // namespace latent::metadata
