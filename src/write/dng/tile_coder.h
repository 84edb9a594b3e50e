// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "image/picture.h"
#include "write/picture/picture_writer.h"

namespace latent::write {

/// A tile or strip as it stands in a larger buffer: rows of interleaved samples.
struct TileView {
  const std::uint8_t* data = nullptr;
  std::size_t stride_bytes = 0;
  int width = 0;
  int height = 0;
};

/// Makes the bytes of TIFF tiles: prediction, little endian, compression.
///
/// Prediction: integers become differences to the sample of the same channel to the left
/// (predictor 2), floats have their bytes sorted by weight along each row before that (3).
/// Deflate looks for runs only (zlib's Z_RLE), much faster than level 1 on predicted photographs of
/// 16 bits and float, for files of about the same size: README.md says by how much.
///
/// Threads  one at a time; as many coders as there are threads.
/// Source   TIFF 6.0, section 14; Adobe Photoshop TIFF Technical Note 3 (predictor 3).
class TileCoder {
 public:
  TileCoder(TiffCompression compression, SampleDepth depth, int channels);
  ~TileCoder();
  TileCoder(TileCoder&&) noexcept;
  TileCoder& operator=(TileCoder&&) noexcept;

  /// Errors   TooLarge  the library has no memory.
  [[nodiscard]] Result<std::vector<std::uint8_t>> encode(const TileView& tile);

  [[nodiscard]] static std::uint16_t compression_tag(TiffCompression compression);
  /// 1 (none), 2 or 3.
  [[nodiscard]] static std::uint16_t predictor_tag(TiffCompression compression, SampleDepth depth);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace latent::write
