// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "metadata/tiff_fields.h"

namespace latent::read {

using metadata::tiff_type_size;
using metadata::TiffType;

/// One entry of a directory; the values stay in the file until they are asked for.
struct TiffField {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint64_t count = 0;   ///< values, not bytes
  std::uint64_t offset = 0;  ///< where the values begin in the file
  [[nodiscard]] std::uint64_t bytes() const { return count * tiff_type_size(type); }
};

struct TiffDirectory {
  std::vector<TiffField> fields;  ///< sound ones only: known type, wholly inside the file

  [[nodiscard]] const TiffField* find(std::uint16_t tag) const;
};

/// The directories of a TIFF or BigTIFF file, read without libtiff, because libtiff rounds
/// rationals to float and knows each tag in one type only, and what is carried over must stay what
/// it was.
///
/// Hostile input ends soon: every directory is visited once, at most 256 of them with 4096 fields
/// each, and neither a field over Limits::max_metadata_bytes nor a list of more than four million
/// numbers is ever read. A field that points outside the file or has no known type is left out, as
/// if absent.
///
/// Source   TIFF revision 6.0, section 2; TIFF Technical Note 1 (SubIFDs); BigTIFF design.
/// Threads  const functions may be called from several at once. The source must outlive this.
class TiffFile {
 public:
  /// Errors   Unsupported  no TIFF at all.
  ///          Corrupt      not one directory can be read.
  [[nodiscard]] static Result<TiffFile> open(const ByteSource& source, const Limits& limits);

  /// The first directory, those that follow it, and then the SubIFDs of each, in this order.
  [[nodiscard]] const std::vector<TiffDirectory>& directories() const { return directories_; }
  [[nodiscard]] bool little_endian() const { return little_endian_; }
  [[nodiscard]] const ByteSource& source() const { return *source_; }

  /// The directory at `offset` (the EXIF one), or nothing where there is none.
  [[nodiscard]] std::optional<TiffDirectory> directory_at(std::uint64_t offset) const;

  /// The values of a field as numbers. Empty for a field that holds none (ASCII).
  ///
  /// Errors   TooLarge  passes max_metadata_bytes or four million numbers
  ///          Corrupt, Io  as ByteSource::read_at().
  [[nodiscard]] Result<std::vector<double>> numbers(const TiffField& field) const;

  /// Whole numbers, exactly, 64 bits wide; fractions are rounded down, negative ones become 0.
  [[nodiscard]] Result<std::vector<std::uint64_t>> integers(const TiffField& field) const;

  /// The number of a field that holds one, as integers(); nothing where there is none.
  [[nodiscard]] std::optional<std::uint64_t> integer(const TiffField* field) const;

  /// Text up to its first NUL, at most 255 bytes, control characters made visible.
  [[nodiscard]] std::string text(const TiffField* field) const;

  /// The values in the byte order of this machine; BYTE, ASCII and UNDEFINED as in the file.
  [[nodiscard]] Result<std::vector<std::uint8_t>> native_bytes(const TiffField& field) const;

 private:
  explicit TiffFile(const ByteSource& source, std::size_t max_field_bytes)
      : source_(&source), max_field_bytes_(max_field_bytes) {}

  [[nodiscard]] std::uint64_t unsigned_at(const std::uint8_t* bytes, std::size_t count) const;
  [[nodiscard]] double number_at(const std::uint8_t* bytes, TiffType type) const;
  [[nodiscard]] Result<std::vector<std::uint8_t>> file_bytes(const TiffField& field) const;
  [[nodiscard]] std::optional<std::uint64_t> read_directory(std::uint64_t offset,
                                                            TiffDirectory& into) const;
  void read_all(std::uint64_t first_offset);

  const ByteSource* source_;
  std::size_t max_field_bytes_;
  bool little_endian_ = true;
  bool big_ = false;
  std::vector<TiffDirectory> directories_;
};

}  // namespace latent::read
