// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/byte_source.h"
#include "base/result.h"

namespace latent::read {

/// What the first bytes of a file say that it is. `Tiff` holds most raw formats, `Binary` is what
/// no known picture begins with, which the rest of them are.
enum class FileKind : std::uint8_t {
  Empty,
  Text,
  Jpeg,
  Png,
  JpegXl,
  Exr,
  Tiff,
  // Known by name, so that what is said of them is true and helps; not read.
  Gif,
  Bmp,
  WebP,
  Heif,
  Avif,
  Photoshop,
  Jpeg2000,
  JpegXr,
  NetPbm,
  FloatMap,
  Targa,
  Radiance,
  Dpx,
  Dds,
  Icon,
  Qoi,
  Fits,
  Dicom,
  Xcf,
  Svg,
  Pdf,
  PostScript,
  Archive,
  Movie,
  Binary
};

/// The kind with its article, as it stands in a sentence: "a JPEG picture", "a text file".
[[nodiscard]] const char* described(FileKind kind);

/// What makes a picture that is read of a file of that kind, as it stands behind "which is not
/// read; "; null where nothing does, or where it is read.
[[nodiscard]] const char* what_helps(FileKind kind);

/// The kind of a file from its first bytes; 4096 of them are plenty.
[[nodiscard]] FileKind kind_of(std::span<const std::uint8_t> first_bytes);

struct Sniffed {
  FileKind kind = FileKind::Empty;
  std::uintmax_t bytes = 0;     ///< size of the file
  bool named_like_raw = false;  ///< the extension is one that cameras give to raw files
};

/// Looks at the first bytes of a file, at its name, and at its last bytes, where Targa says what it
/// is.
///
/// Errors   Io  the disk fails; the message is a predicate.
[[nodiscard]] Result<Sniffed> sniff(const ByteSource& source, const std::filesystem::path& name);

}  // namespace latent::read
