// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "metadata/bytes.h"

namespace Exiv2 {  // NOLINT(readability-identifier-naming): the library's own name
class XmpData;
}

namespace latent::metadata {

/// Adds what a JPEG's packet keeps in its extension: properties that the packet itself has stay as
/// they are. xmpNote:HasExtendedXMP, which is true of the file only, goes. An extension that cannot
/// be had is named in `warnings`.
///
/// Errors   throws what Exiv2 throws.
/// Threads  under Exiv2Guard.
void join_extension(Exiv2::XmpData& xmp, const ReadAt& read_at, const Limits& limits,
                    std::vector<std::string>& warnings);

/// A packet in the two parts in which JPEG keeps one above 64 kB.
struct SplitXmp {
  std::string packet;     ///< names the extension
  std::string extension;  ///< without the wrapper of a packet; its MD5 is its name
  std::string name;       ///< 32 hex digits
};

/// Moves the largest properties of a packet into an extension until the rest has no more than
/// `largest` bytes. What Latent and the orientation say stays.
///
/// Errors   TooLarge  what stays does not fit; Corrupt  no packet; Internal  the toolkit refuses to
///          write. The sentences are predicates.
/// Threads  any; calls wait for one another.
/// Source   XMP Specification part 3 (2020), 1.1.3.1 "Extended XMP in JPEG".
[[nodiscard]] Result<SplitXmp> split_xmp(const std::string& packet, std::size_t largest);

}  // namespace latent::metadata
