// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"

namespace latent::read {

/// What stands between the frames of a PNG, walked from chunk to chunk before libpng sees any:
/// libpng makes room for what a chunk says it holds.
struct PngChunks {
  std::vector<std::uint8_t> exif;   ///< eXIf, wherever it stands
  std::vector<std::uint8_t> cicp;   ///< cICP, which must stand before the samples
  std::uint64_t sample_bytes = 0;   ///< of all IDAT together, as far as the file has them
  std::string outside;              ///< the name of the chunk that is not wholly in the file
  std::uint64_t outside_bytes = 0;  ///< that it should have
  bool outside_before_samples = false;

  /// Errors   Corrupt where a chunk is not wholly in the file; the message is a predicate.
  [[nodiscard]] Status check() const;
};

[[nodiscard]] PngChunks read_png_chunks(const ByteSource& source, const Limits& limits);

}  // namespace latent::read
