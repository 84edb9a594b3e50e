// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"

namespace latent::read {

/// Compression of a TIFF whose blocks are JPEG XL.
inline constexpr int kJpegXl = 52546;

/// What the header says of each block.
struct JxlBlock {
  Size size;
  int channels = 1;
  int bits = 16;
};

/// Whether the program was built with libjxl.
[[nodiscard]] bool dng_jxl_is_there();

/// Decodes one block. That the codestream is what the header says is known before anything is
/// decoded: its size bounds the memory, because the bytes of a JPEG XL picture do not.
///
/// Shapes   return [size.height, size.width, channels], numbers of `bits`.
/// Errors   Corrupt      damaged, cut short, or of another size than the block.
///          Unsupported  other channels or bits than the header says, extra channels, colours that
///                       would have to be converted; TooLarge. Messages are predicates.
/// Threads  pure function, on one thread.
/// Source   Adobe, Digital Negative Specification 1.7.0.0, "Compression".
[[nodiscard]] Result<std::vector<std::uint16_t>> decode_jxl_block(
    std::span<const std::uint8_t> bytes, const JxlBlock& block);

}  // namespace latent::read
