// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "metadata/bytes.h"

namespace latent::metadata {

/// A marker segment of a JPEG file, and where its content stands.
struct JpegSegment {
  std::uint8_t marker = 0;    ///< the byte behind 0xFF: 0xE1 APP1, 0xFE COM, ...
  std::uint64_t content = 0;  ///< its place in the file
  std::size_t size = 0;       ///< of the content, as the segment says: the file may end before
};

/// The segments before the picture, 10,000 at most; none of another format. Damage ends the walk.
///
/// Source   ITU-T T.81, B.1.1 "Marker assignments" and "Marker segments".
[[nodiscard]] std::vector<JpegSegment> jpeg_segments(const ReadAt& read_at);

}  // namespace latent::metadata
