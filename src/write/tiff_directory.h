// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metadata/tiff_fields.h"

namespace latent::write {

using metadata::tiff_type_size;
using metadata::TiffType;

enum class TiffFlavour : std::uint8_t {
  Classic,  ///< offsets of 32 bits, files up to 4 GiB
  Big       ///< offsets of 64 bits
};

/// The simplest fraction numerator/denominator, both of 31 bits, that is `value` to one part in ten
/// million; decimal denominators are tried first, so that 0.6461 is 6461/10000 as the maker wrote
/// it.
struct TiffRational {
  std::int32_t numerator = 0;
  std::int32_t denominator = 1;
  friend bool operator==(const TiffRational&, const TiffRational&) = default;
};
[[nodiscard]] TiffRational tiff_rational(double value);

/// One directory of a TIFF file: fields by tag, later ones replacing earlier ones, written in
/// ascending order, little-endian.
///
/// It exists beside libtiff because a DNG needs what that library does not give: rationals of the
/// source as they stand, an IFD 0 that is known only when the last row is written, and maker notes
/// at the offset where they were (docs/decisions/0004-dng-levels-and-writer.md).
class TiffDirectory {
 public:
  /// `bytes`: count values in the byte order of this machine.
  ///
  /// Errors   Corrupt  an unknown type, or bytes that are not count values.
  [[nodiscard]] Status set(std::uint16_t tag, std::uint16_t type, std::uint64_t count,
                           std::span<const std::uint8_t> bytes);

  void set_byte(std::uint16_t tag, std::span<const std::uint8_t> values);
  void set_undefined(std::uint16_t tag, std::span<const std::uint8_t> values);
  void set_short(std::uint16_t tag, std::span<const std::uint16_t> values);
  void set_short(std::uint16_t tag, std::uint16_t value) { set_short(tag, {&value, 1}); }
  void set_long(std::uint16_t tag, std::span<const std::uint32_t> values);
  void set_long(std::uint16_t tag, std::uint32_t value) { set_long(tag, {&value, 1}); }
  void set_ascii(std::uint16_t tag, std::string_view text);
  /// RATIONAL: values below 0 become 0.
  void set_rational(std::uint16_t tag, std::span<const double> values);
  void set_rational(std::uint16_t tag, double value) { set_rational(tag, {&value, 1}); }
  void set_srational(std::uint16_t tag, std::span<const double> values);
  void set_srational(std::uint16_t tag, double value) { set_srational(tag, {&value, 1}); }
  void set_double(std::uint16_t tag, std::span<const double> values);
  /// Positions or sizes in the file: LONG in a classic file, LONG8 in a big one.
  void set_offsets(std::uint16_t tag, std::vector<std::uint64_t> values);
  void set_offset(std::uint16_t tag, std::uint64_t value) { set_offsets(tag, {value}); }
  /// A field whose values stand elsewhere in the file already. Those must be too long to stand in
  /// the field itself (more than 8 bytes).
  void set_elsewhere(std::uint16_t tag, TiffType type, std::uint64_t count, std::uint64_t position);

  void erase(std::uint16_t tag) { fields_.erase(tag); }

  [[nodiscard]] bool contains(std::uint16_t tag) const { return fields_.contains(tag); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

  /// The directory and the values that do not fit in it, as they must stand at `position`, which is
  /// even; the next directory is none.
  [[nodiscard]] std::vector<std::uint8_t> serialise(std::uint64_t position,
                                                    TiffFlavour flavour) const;

 private:
  struct Field {
    std::uint16_t type = 0;
    std::uint64_t count = 0;
    std::vector<std::uint8_t> bytes;     ///< in the byte order of this machine
    std::vector<std::uint64_t> offsets;  ///< instead of bytes and type
    std::uint64_t elsewhere = 0;         ///< instead of bytes
  };
  static std::vector<std::uint8_t> content(const Field& field, TiffFlavour flavour);

  std::map<std::uint16_t, Field> fields_;
};

/// The first bytes of a TIFF file: byte order, flavour, position of IFD 0. 8 or 16 bytes.
[[nodiscard]] std::vector<std::uint8_t> tiff_header(std::uint64_t first_directory,
                                                    TiffFlavour flavour);

}  // namespace latent::write
