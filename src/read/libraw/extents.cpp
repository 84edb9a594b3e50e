// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/libraw/extents.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "metadata/tiff_fields.h"
#include "read/dng/dng_jxl.h"
#include "read/tiff_directory.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

struct Blocks {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint64_t> byte_counts;
};

Status check_all_inside(const ByteSource& source, const Blocks& blocks) {
  std::uint64_t end = 0;
  const std::size_t count = std::min(blocks.offsets.size(), blocks.byte_counts.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t block_end = 0;
    if (__builtin_add_overflow(blocks.offsets[i], blocks.byte_counts[i], &block_end)) {
      return fail(
          ErrorCode::Corrupt,
          "is damaged: a strip or tile has an impossible size; copy it from the card again");
    }
    end = std::max(end, block_end);
  }
  if (end > source.size()) {
    return fail(
        ErrorCode::Corrupt,
        fmt::format("is cut short: its header promises {} bytes, but it has only {}; copy it "
                    "from the card again",
                    end, source.size()));
  }
  return {};
}

/// Whether uncompressed blocks have the bytes that their samples take; the last ones of a column
/// may end with the picture.
Status check_uncompressed(const DngLayout& layout, std::size_t blocks, std::int64_t columns) {
  constexpr int kUncompressed = 1;
  if (layout.compression != kUncompressed || layout.planar || layout.interleaved) return {};
  const std::uint64_t row = (static_cast<std::uint64_t>(layout.block.width) *
                                 static_cast<std::uint64_t>(layout.samples_per_pixel) *
                                 static_cast<std::uint64_t>(layout.bits_per_sample) +
                             7) /
                            8;
  for (std::size_t i = 0; i < blocks; ++i) {
    const int y = static_cast<int>(static_cast<std::int64_t>(i) / columns) * layout.block.height;
    const int rows = std::min(layout.block.height, layout.image.height - y);
    if (layout.byte_counts[i] >= row * static_cast<std::uint64_t>(rows)) continue;
    return fail(ErrorCode::Corrupt,
                "is cut short or damaged: a strip or tile holds fewer samples than the header "
                "promises; copy it from the card again");
  }
  return {};
}

/// The most samples that a byte can become.
std::uint64_t samples_of_byte(int compression) {
  constexpr int kLossyJpeg = 34892;
  constexpr int kDeflate = 8;
  constexpr int kOldDeflate = 32946;
  constexpr std::uint64_t kBytesOfDeflated = 1032;  // a match of 258 bytes in two bits
  // What is flat takes almost none; the limit of pixels bounds it, and each tile its own size.
  constexpr std::uint64_t kBytesOfJxl = std::uint64_t{1} << 16U;
  if (compression == kJpegXl) return kBytesOfJxl;
  if (compression == kDeflate || compression == kOldDeflate) return kBytesOfDeflated;
  return compression == kLossyJpeg ? kSamplesOfLossyByte : kSamplesOfByte;
}

Blocks blocks_of(const TiffFile& file, const TiffDirectory& directory) {
  for (const auto& [offsets_tag, counts_tag] :
       {std::pair{tag::kStripOffsets, tag::kStripByteCounts},
        std::pair{tag::kTileOffsets, tag::kTileByteCounts}}) {
    const TiffField* offsets = directory.find(offsets_tag);
    const TiffField* counts = directory.find(counts_tag);
    if (offsets == nullptr || counts == nullptr || offsets->count != counts->count) continue;
    auto offset_values = file.integers(*offsets);
    auto count_values = file.integers(*counts);
    if (offset_values && count_values) return {*std::move(offset_values), *std::move(count_values)};
  }
  return {};
}

std::uint64_t bytes_of(const Blocks& blocks) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : blocks.byte_counts)
    sum += std::min(count, std::uint64_t{1} << 48U);
  return sum;
}

}  // namespace

Status check_file_holds(const ByteSource& source, Size buffer, std::uint64_t samples_a_byte) {
  if (static_cast<std::uint64_t>(buffer.area()) / samples_a_byte <= source.size()) return {};
  return fail(
      ErrorCode::Corrupt,
      fmt::format("is cut short: its {} bytes cannot hold a picture of {} x {} samples; copy "
                  "it from the card again",
                  source.size(), buffer.width, buffer.height));
}

Status check_blocks(const ByteSource& source, const DngLayout& layout) {
  const std::int64_t columns = (layout.image.width + layout.block.width - 1) / layout.block.width;
  const std::int64_t rows = (layout.image.height + layout.block.height - 1) / layout.block.height;
  const auto blocks = static_cast<std::size_t>(columns * rows);
  if (layout.offsets.size() < blocks || layout.byte_counts.size() < blocks) {
    return fail(
        ErrorCode::Corrupt,
        "is cut short or damaged: its list of strips or tiles is missing or too short; copy "
        "it from the card again");
  }
  LATENT_CHECK(check_all_inside(source, {layout.offsets, layout.byte_counts}));
  LATENT_CHECK(check_uncompressed(layout, blocks, columns));
  return check_file_holds(source, layout.image, samples_of_byte(layout.compression));
}

Status check_tiff_extents(const ByteSource& source, const Limits& limits) {
  const auto file = TiffFile::open(source, limits);
  if (!file) return {};
  Blocks largest;
  for (const TiffDirectory& directory : file->directories()) {
    Blocks blocks = blocks_of(*file, directory);
    if (bytes_of(blocks) > bytes_of(largest)) largest = std::move(blocks);
  }
  return check_all_inside(source, largest);
}

}  // namespace latent::read
