// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/safe_file.h"
#include "image/picture.h"
#include "metadata/metadata.h"
#include "metadata/provenance.h"

namespace latent::write {

enum class PictureFormat : std::uint8_t { Tiff, Png, Jpeg, Exr, Jxl };

/// The format whose usual ending `path` has: .tif .tiff .png .jpg .jpeg .exr .jxl, any case.
///
/// Errors   Usage        another ending; the sentence lists those there are.
///          Unsupported  a format that this build was made without.
[[nodiscard]] Result<PictureFormat> picture_format_of(const std::filesystem::path& path);

/// Whether a format can hold samples of that depth (JPEG: 8; PNG: 8, 16; EXR: float).
[[nodiscard]] bool holds(PictureFormat format, SampleDepth depth);

/// Whether a file of that format can hold a picture of that size; known before any of it is there.
/// Rows stream out, so that the format alone sets the bound, and not what may be read into memory:
/// a side of 65,500 px in JPEG, 1,000,000 in PNG, 2^24 in OpenEXR, 2^18 in JPEG XL, 10^9 in TIFF.
/// Only the library of JPEG XL wants the picture whole, and gets no more than 600 megapixels.
///
/// Errors   TooLarge  the sentence names `target` and what holds more.
[[nodiscard]] Status check_size(const std::filesystem::path& target, PictureFormat format,
                                Size size);

/// Everything about a finished picture but its samples; fields as in Picture.
struct PictureHeader {
  Size size;
  int colours = 3;
  bool alpha = false;
  bool alpha_associated = false;
  SampleDepth depth = SampleDepth::U16;
  std::vector<std::uint8_t> icc;  ///< embedded as it is; empty: none, which readers take for sRGB
  Resolution resolution;
  Orientation orientation = 1;
  metadata::Metadata metadata;
  std::optional<metadata::Provenance> provenance;
};

enum class TiffCompression : std::uint8_t {
  Deflate,  ///< with horizontal (integers) or floating-point prediction
  Zstd,     ///< the same with Zstandard, which fewer programs read
  None
};

enum class TiffPieces : std::uint8_t {
  Strips,  ///< which every program reads
  Tiles    ///< 512 px, for those that look at parts; darktable 4.2 and RawTherapee 5.9 refuse them
};

struct PictureWriterOptions {
  Overwrite overwrite = Overwrite::Refuse;
  FileAccess access = {};  ///< to whom the file is open at most: no more than its source
  TiffCompression compression = TiffCompression::Deflate;
  TiffPieces pieces = TiffPieces::Strips;
  int jpeg_quality = 95;  ///< 1..100; 4:4:4 from 90 on
  int threads = 1;        ///< that compress the strips or tiles held at a time
};

/// Writes a finished picture, rows from top to bottom, in memory bounded by one row of tiles or a
/// few strips (JPEG XL, whose library wants the whole picture, excepted). EXIF with GPS and
/// orientation, XMP with the provenance, IPTC, text of a PNG, ICC profile and resolution go along,
/// as far as the format holds them; what it cannot hold is named in warnings(). TIFF becomes
/// BigTIFF where it might pass 4 GiB.
///
/// The file appears under its name only in finish(); a writer destroyed before leaves nothing.
///
/// Threads  one caller at a time.
class PictureWriter {
 public:
  /// Errors   Usage, NotFound, Io  as SafeFile::create(); Usage where the format does not hold
  ///                               the depth; Io where nothing is compressed and the disk has no
  ///                               room for that many samples.
  ///          TooLarge             as check_size().
  [[nodiscard]] static Result<PictureWriter> create(const std::filesystem::path& target,
                                                    PictureFormat format, PictureHeader header,
                                                    const PictureWriterOptions& options);
  ~PictureWriter();
  PictureWriter(PictureWriter&&) noexcept;
  PictureWriter& operator=(PictureWriter&&) noexcept;

  /// Appends rows, any number of them.
  ///
  /// Shapes   [rows, width, channels] of the header, of the header's depth; integers over their
  ///          whole range.
  /// Errors   Io        the disk is full.
  ///          TooLarge  where memory is refused.
  ///          Internal  a row too many, of the wrong width or the wrong depth.
  [[nodiscard]] Status write_rows(ImageView<const std::uint8_t> rows);
  [[nodiscard]] Status write_rows(ImageView<const std::uint16_t> rows);
  [[nodiscard]] Status write_rows(ImageView<const float> rows);

  /// Writes what is left, flushes to the disk, renames.
  ///
  /// Errors   as SafeFile::commit(); Internal where rows are missing.
  [[nodiscard]] Status finish();

  /// finish() under another name in the same folder, after it was refused because the target has
  /// come into being meanwhile; cheap, nothing is encoded again.
  [[nodiscard]] Status finish_as(const std::filesystem::path& target);

  /// What could not be carried over, one sentence each. Complete after finish().
  [[nodiscard]] const std::vector<std::string>& warnings() const;

 private:
  class Job;
  explicit PictureWriter(std::unique_ptr<Job> job);
  std::unique_ptr<Job> job_;
};

}  // namespace latent::write
