// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "metadata/bytes.h"
#include "metadata/metadata.h"

namespace latent::metadata {

/// What stands behind the picture of a JPEG and belongs to it: a gain map (Ultra HDR), the video of
/// a motion photo, further pictures of MPF. Nothing where there are only previews, which show the
/// picture as it was, or bytes that say nothing. What is not known or too large to be carried is
/// named in `warnings`. `xmp` is the packet of the file, which announces some.
///
/// Source   CIPA DC-007 (MPF); "Ultra HDR Image Format v1.1", "Motion Photo format 1.0" (Google).
[[nodiscard]] std::optional<Attached> jpeg_attached(const ReadAt& read_at, const std::string& xmp,
                                                    const Limits& limits,
                                                    std::vector<std::string>& warnings);

/// The index of an MPF segment, for a picture of `picture_bytes` whose index begins at `index_at`:
/// what followed the old one follows the new one.
[[nodiscard]] std::vector<std::uint8_t> placed_index(const Attached& attached,
                                                     std::uint64_t index_at,
                                                     std::uint64_t picture_bytes);

/// Takes out of a packet of XMP what announces things behind the picture.
///
/// Threads  any; calls wait for one another.
void forget_attached(std::string& packet);

}  // namespace latent::metadata
