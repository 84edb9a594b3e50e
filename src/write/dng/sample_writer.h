// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/safe_file.h"
#include "image/image.h"
#include "write/dng/jxl_tile.h"
#include "write/tiff_directory.h"

namespace latent::write {

enum class SampleCoding : std::uint8_t {
  Plain,         ///< strips, as floats always are
  LosslessJpeg,  ///< tiles
  Jxl            ///< tiles, of three channels only
};

/// How the samples of one picture are laid out in a TIFF.
struct SampleLayout {
  Size size;
  int channels = 1;
  SampleCoding coding = SampleCoding::LosslessJpeg;
  JxlCoding jxl = {};   ///< of JPEG XL tiles
  int components = 2;   ///< of each JPEG: see encode_lossless_jpeg()
  bool floats = false;  ///< float32 in place of 16-bit integers
  int threads = 1;
};

/// Streams the rows of a picture into a file as strips or tiles, holding one row of tiles.
///
/// Strips stand one behind the other (LibRaw reads uncompressed DNGs so), tiles are 512 px or less.
///
/// Threads  one caller at a time.
class SampleWriter {
 public:
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<SampleWriter> create(const SampleLayout& layout);

  /// Appends rows; writes to `file` whenever a row of tiles is full.
  ///
  /// Errors   Io        of the file.
  ///          TooLarge  where memory is refused.
  ///          Internal  a row too many or of the wrong shape.
  [[nodiscard]] Status write_rows(ImageView<const std::uint16_t> rows, SafeFile& file);
  /// The same of floats.
  [[nodiscard]] Status write_rows(ImageView<const float> rows, SafeFile& file);

  /// Writes what is left. Errors   Io; TooLarge; Internal where rows are missing.
  [[nodiscard]] Status finish(SafeFile& file);

  /// Compression, tiling and where everything stands. After finish().
  void set_fields(TiffDirectory& directory) const;

  /// An upper bound of the bytes that finish() will have written, for the choice of BigTIFF.
  [[nodiscard]] static std::uint64_t largest_size(const SampleLayout& layout);

 private:
  SampleWriter() = default;
  template <class T>
  [[nodiscard]] Status take_rows(ImageView<const T> rows, SafeFile& file);
  [[nodiscard]] Status flush(SafeFile& file);
  [[nodiscard]] Status write_strip(SafeFile& file);
  [[nodiscard]] Status write_tiles(SafeFile& file);
  void pad_columns(int first_row, int rows);
  void pad_rows();
  void encode_band();

  SampleLayout layout_;
  Size tile_;                  ///< a strip is a tile as wide as the picture
  Image<std::uint16_t> band_;  ///< one row of tiles; a float is two words of this machine
  int rows_in_band_ = 0;
  int rows_taken_ = 0;
  std::vector<std::uint64_t> offsets_;
  std::vector<std::uint64_t> byte_counts_;
};

}  // namespace latent::write
