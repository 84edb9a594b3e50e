// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "write/picture/picture_writer.h"

namespace latent::write {

/// What every encoder is given; it outlives the encoder and stays where it is.
struct EncoderJob {
  PictureHeader header;
  PictureWriterOptions options;
  SafeFile file;
  std::vector<std::string> warnings;
};

/// What stands behind PictureWriter: one class a format, in the .cpp of its library. Rows come
/// checked: of the header's width and depth, as many as its height, before finish().
class PictureEncoder {
 public:
  PictureEncoder() = default;
  PictureEncoder(const PictureEncoder&) = delete;
  PictureEncoder& operator=(const PictureEncoder&) = delete;
  virtual ~PictureEncoder() = default;

  /// Everything that stands before the first row.
  [[nodiscard]] virtual Status begin() = 0;
  /// One row as it stands in memory: bytes of the samples, in the byte order of this machine.
  [[nodiscard]] virtual Status write_row(std::span<const std::uint8_t> samples) = 0;
  /// Everything else; the file is whole but for its name.
  [[nodiscard]] virtual Status finish() = 0;
};

[[nodiscard]] std::unique_ptr<PictureEncoder> tiff_encoder(EncoderJob& job);
[[nodiscard]] std::unique_ptr<PictureEncoder> png_encoder(EncoderJob& job);
[[nodiscard]] std::unique_ptr<PictureEncoder> jpeg_encoder(EncoderJob& job);
[[nodiscard]] std::unique_ptr<PictureEncoder> exr_encoder(EncoderJob& job);
/// Null in a build without the library.
[[nodiscard]] std::unique_ptr<PictureEncoder> jxl_encoder(EncoderJob& job);
[[nodiscard]] bool jxl_is_there();

/// Bytes of one sample.
[[nodiscard]] constexpr std::size_t sample_bytes(SampleDepth depth) {
  return depth == SampleDepth::U8 ? 1 : depth == SampleDepth::U16 ? 2 : 4;
}
[[nodiscard]] inline int channels_of(const PictureHeader& header) {
  return header.colours + (header.alpha ? 1 : 0);
}
[[nodiscard]] inline std::size_t row_bytes(const PictureHeader& header) {
  return static_cast<std::size_t>(header.size.width) *
         static_cast<std::size_t>(channels_of(header)) * sample_bytes(header.depth);
}

}  // namespace latent::write
