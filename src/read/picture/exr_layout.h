// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "image/geometry.h"

namespace latent::read {

struct ExrChannel {
  int bytes = 2;  ///< of one sample
  int x_sampling = 1;
  int y_sampling = 1;
};

/// What the header of one part promises.
struct ExrPart {
  Size size;  ///< of the data window
  int compression = 0;
  bool tiled = false;
  Size tile;
  std::vector<ExrChannel> channels;
  std::uint64_t stated_blocks = 0;  ///< chunkCount; 0 where it is not stated

  /// Of the largest level; a file has no fewer.
  [[nodiscard]] std::uint64_t blocks() const;
};

/// The headers of an OpenEXR file, read without OpenEXR, which allocates what they promise before
/// it reads what is there.
///
/// Source   openexr.com, "OpenEXR File Layout" (version 2).
struct ExrLayout {
  std::vector<ExrPart> parts;  ///< at least one
  std::uint64_t end = 0;       ///< of the headers: the tables of blocks begin here
};

/// Errors   Corrupt   an attribute is not wholly in the file, or contradicts its size.
///          TooLarge  a side or an area passes the limits, or the headers are longer than
///                    max_metadata_bytes or have more attributes than any picture.
/// Messages are predicates.
[[nodiscard]] Result<ExrLayout> read_exr_layout(const ByteSource& source, const Limits& limits);

/// Whether the file can hold what its headers promise: the tables of all parts, every block of the
/// first part, and bytes enough for its pixels by the most that its compression can save.
///
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Status check_exr_blocks(const ByteSource& source, const ExrLayout& layout);

}  // namespace latent::read
