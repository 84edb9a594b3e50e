// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"

namespace latent::read {

/// An entry of darktable's `.dtdata`: a mask, a depth map or a brush as a PNG, called after what it
/// is and its SHA-1 ("mask-<40 digits>.png").
struct DtdataEntry {
  std::string name;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated
  std::uint32_t crc32 = 0;
  std::uint32_t packed_bytes = 0;
  std::uint32_t bytes = 0;
  std::uint32_t offset = 0;  ///< of its own header
};

/// The file that darktable 5.8 keeps beside its XMP for masks made of pixels: a flat zip, with an
/// entry "version" that says "1". It is read, and never written: its layout may still change.
///
/// Threads  const functions may be called from several at once.
class Dtdata {
 public:
  /// Reads the directory. `source` must outlive this.
  ///
  /// Errors   Corrupt      no zip, cut short, or its parts contradict each other.
  ///          Unsupported  another version, encrypted entries, zip64.
  ///          TooLarge     more than 10,000 entries. Messages are predicates.
  [[nodiscard]] static Result<Dtdata> open(const ByteSource& source, const Limits& limits);

  /// Entries of pictures, in the file's order: masks, then depth maps, then brushes. What else there
  /// is, is passed over.
  [[nodiscard]] const std::vector<DtdataEntry>& entries() const { return entries_; }

  /// The picture of an entry as a soft mask [h, w, 1], 0 to 1.
  ///
  /// Errors   Corrupt   its checksum or its name's SHA-1 is not that of its bytes; no sound PNG.
  ///          TooLarge  as `limits` of open(). Messages are predicates.
  [[nodiscard]] Result<Image<float>> coverage(const DtdataEntry& entry) const;

 private:
  Dtdata(const ByteSource& source, const Limits& limits) : source_(&source), limits_(limits) {}
  [[nodiscard]] Result<std::vector<std::uint8_t>> content(const DtdataEntry& entry) const;

  const ByteSource* source_;
  Limits limits_;
  std::vector<DtdataEntry> entries_;
};

}  // namespace latent::read
