// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/tiff_preview.h"

#include <algorithm>
#include <vector>

#include "metadata/tiff_fields.h"
#include "read/tiff_directory.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// Every piece of a directory that may be a JPEG file.
void collect(const TiffFile& file, const TiffDirectory& directory, std::vector<Extent>& extents) {
  constexpr std::uint16_t kPairs[][2] = {
      {tag::kStripOffsets, tag::kStripByteCounts},
      {tag::kJpegInterchangeFormat, tag::kJpegInterchangeFormatLength}};
  for (const auto& [offset_tag, bytes_tag] : kPairs) {
    const auto offset = file.integer(directory.find(offset_tag));
    const auto bytes = file.integer(directory.find(bytes_tag));
    if (offset && bytes) extents.push_back({*offset, *bytes});
  }
}

}  // namespace

std::optional<Size> lossy_jpeg_size(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 4 || bytes[0] != 0xFF || bytes[1] != 0xD8) return std::nullopt;
  std::size_t at = 2;
  while (at + 9 <= bytes.size() && bytes[at] == 0xFF) {
    const std::uint8_t marker = bytes[at + 1];
    constexpr std::uint8_t kBaseline = 0xC0;
    constexpr std::uint8_t kProgressive = 0xC2;
    if (marker >= kBaseline && marker <= kProgressive) {
      const Size size{bytes[at + 7] << 8 | bytes[at + 8], bytes[at + 5] << 8 | bytes[at + 6]};
      return size.area() > 0 ? std::optional(size) : std::nullopt;
    }
    constexpr std::uint8_t kLossless = 0xC3;
    constexpr std::uint8_t kScan = 0xDA;
    if (marker == kLossless || marker == kScan) return std::nullopt;
    at += marker == 0xFF ? 1U : 2U + static_cast<std::size_t>(bytes[at + 2] << 8 | bytes[at + 3]);
  }
  return std::nullopt;
}

std::optional<EmbeddedPreview> largest_tiff_preview(const ByteSource& source,
                                                    const Limits& limits) {
  const auto file = TiffFile::open(source, limits);
  if (!file) return std::nullopt;
  std::vector<Extent> extents;
  for (const TiffDirectory& directory : file->directories()) collect(*file, directory, extents);
  std::ranges::sort(extents, std::ranges::greater{}, &Extent::bytes);
  constexpr std::size_t kMostTried = 8;
  if (extents.size() > kMostTried) extents.resize(kMostTried);
  std::optional<EmbeddedPreview> best;
  for (const Extent& extent : extents) {
    if (extent.bytes > std::min<std::uint64_t>(limits.max_metadata_bytes, source.size())) continue;
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(extent.bytes));
    if (!source.read_at(extent.offset, bytes)) continue;
    const auto size = lossy_jpeg_size(bytes);
    if (size && (!best || size->area() > best->size.area())) {
      best = EmbeddedPreview{std::move(bytes), *size};
    }
  }
  return best;
}

}  // namespace latent::read
