// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace latent::read::test {

/// How a test wants its lossless JPEG.
struct JpegForm {
  int width = 0;  ///< of one component
  int height = 0;
  int components = 1;
  int precision = 16;
  int predictor = 1;
  bool long_codes = false;  ///< codes of 1 to 16 bits, one after the other, instead of all of 5
};

/// A slow, plain lossless JPEG encoder. `samples` row by row, components interleaved.
std::vector<std::uint8_t> encode_ljpeg(std::span<const std::uint16_t> samples,
                                       const JpegForm& form);

}  // namespace latent::read::test
