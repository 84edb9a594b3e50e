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
  Gif,
  Bmp,
  WebP,
  Heif,
  JpegXl,
  Exr,
  Pdf,
  Archive,
  Movie,
  Tiff,
  Binary
};

/// The kind with its article, as it stands in a sentence: "a JPEG picture", "a text file".
[[nodiscard]] const char* described(FileKind kind);

/// The kind of a file from its first bytes; 4096 of them are plenty.
[[nodiscard]] FileKind kind_of(std::span<const std::uint8_t> first_bytes);

struct Sniffed {
  FileKind kind = FileKind::Empty;
  std::uintmax_t bytes = 0;     ///< size of the file
  bool named_like_raw = false;  ///< the extension is one that cameras give to raw files
};

/// Looks at the first bytes of a file, and at its name.
///
/// Errors   Io  the disk fails; the message is a predicate.
[[nodiscard]] Result<Sniffed> sniff(const ByteSource& source, const std::filesystem::path& name);

}  // namespace latent::read
