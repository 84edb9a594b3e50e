// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "metadata/tiff_fields.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr int kUncompressed = 1;

/// The blocks of a picture as one pair of tags lists them.
struct Blocks {
  Size block;
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint64_t> byte_counts;
};

bool is_interleaved(const DngDirectories& directories) {
  return std::ranges::any_of(
      std::array{tag::kSubTileBlockSize, tag::kRowInterleaveFactor, tag::kColumnInterleaveFactor},
      [&](std::uint16_t tag) {
        return std::ranges::any_of(directories.numbers(tag),
                                   [](double factor) { return factor != 1; });
      });
}

/// Columns and rows of blocks.
Size grid_of(const DngLayout& layout) {
  return {(layout.image.width + layout.block.width - 1) / layout.block.width,
          (layout.image.height + layout.block.height - 1) / layout.block.height};
}

std::uint64_t row_bytes(const DngLayout& layout, int bits) {
  return (static_cast<std::uint64_t>(layout.block.width) *
              static_cast<std::uint64_t>(layout.samples_per_pixel) *
              static_cast<std::uint64_t>(bits) +
          7) /
         8;
}

/// Whether `fits(bytes of a block, its rows inside the picture)` is true of every block.
template <class Fits>
bool every_block(const DngLayout& layout, Fits fits) {
  const Size grid = grid_of(layout);
  if (layout.byte_counts.size() < static_cast<std::size_t>(grid.area())) return false;
  for (std::size_t i = 0; i < static_cast<std::size_t>(grid.area()); ++i) {
    const int y = static_cast<int>(i / static_cast<std::size_t>(grid.width)) * layout.block.height;
    const int rows = std::min(layout.block.height, layout.image.height - y);
    if (!fits(layout.byte_counts[i], static_cast<std::uint64_t>(rows))) return false;
  }
  return true;
}

bool fills_exactly(const DngLayout& layout, int bits) {
  const std::uint64_t row = row_bytes(layout, bits);
  const auto all = static_cast<std::uint64_t>(layout.block.height);
  return every_block(layout, [&](std::uint64_t bytes, std::uint64_t rows) {
    return bytes == row * rows || bytes == row * all;
  });
}

bool has_room(const DngLayout& layout, int bits) {
  const std::uint64_t row = row_bytes(layout, bits);
  return every_block(layout,
                     [&](std::uint64_t bytes, std::uint64_t rows) { return bytes >= row * rows; });
}

/// The bits of a sample that the bytes of the blocks speak for; nothing where they are too few for
/// any. Some writers state the bits of the camera and store 16 all the same, others the reverse.
std::optional<int> bits_by_bytes(const DngLayout& layout) {
  const int stated = layout.stated_bits;
  if (stated > 0 && fills_exactly(layout, stated)) return stated;
  const std::vector<int> known =
      layout.is_float ? std::vector<int>{32, 16, 24} : std::vector<int>{16, 8, 12, 14, 10, 32};
  for (const int bits : known) {
    if (fills_exactly(layout, bits)) return bits;
  }
  const int whole = layout.is_float ? 32 : 16;
  if (stated < whole && has_room(layout, whole)) return whole;
  if (stated > 0 && has_room(layout, stated)) return stated;
  return std::nullopt;
}

/// One entry for each block; empty where the field is missing, which only matters to who decodes.
Result<std::vector<std::uint64_t>> block_list(const DngDirectories& directories,
                                              std::uint16_t tag) {
  const TiffField* field = directories.raw->find(tag);
  if (field == nullptr) return std::vector<std::uint64_t>{};
  return directories.file->integers(*field);
}

/// Whether there is one entry a block, all inside the file, with bytes enough where that is known.
bool fits(const DngLayout& layout, std::uint64_t file_bytes) {
  const auto blocks = static_cast<std::size_t>(grid_of(layout).area());
  if (layout.offsets.size() != blocks || layout.byte_counts.size() != blocks) return false;
  for (std::size_t i = 0; i < blocks; ++i) {
    std::uint64_t end = 0;
    if (layout.byte_counts[i] == 0 ||
        __builtin_add_overflow(layout.offsets[i], layout.byte_counts[i], &end) ||
        end > file_bytes) {
      return false;
    }
  }
  return layout.compression != kUncompressed || bits_by_bytes(layout).has_value();
}

void take(Blocks blocks, DngLayout& layout) {
  layout.block = blocks.block;
  layout.offsets = std::move(blocks.offsets);
  layout.byte_counts = std::move(blocks.byte_counts);
}

/// Uncompressed blocks whose byte counts nobody wrote have what their samples take.
void complete_byte_counts(DngLayout& layout) {
  if (!layout.byte_counts.empty() || layout.compression != kUncompressed) return;
  const Size grid = grid_of(layout);
  if (layout.offsets.size() != static_cast<std::size_t>(grid.area())) return;
  const std::uint64_t row = row_bytes(layout, layout.stated_bits);
  for (int y = 0; y < grid.height; ++y) {
    const int rows = std::min(layout.block.height, layout.image.height - y * layout.block.height);
    layout.byte_counts.insert(layout.byte_counts.end(), static_cast<std::size_t>(grid.width),
                              row * static_cast<std::uint64_t>(rows));
  }
}

/// The ways to read the block tags: as the specification has them first, then those of writers who
/// put the offsets of tiles into the tags of strips, or the reverse.
Result<std::vector<Blocks>> ways_to_read(const DngDirectories& directories, Size image,
                                         const Limits& limits) {
  const auto size = [&](std::uint16_t tag, std::int64_t otherwise) {
    const auto value = whole_number(*directories.file, *directories.raw, tag,
                                    static_cast<std::uint64_t>(otherwise));
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value, 1ULL << 32U));
  };
  const auto has = [&](std::uint16_t tag) { return directories.raw->find(tag) != nullptr; };
  const std::array tile{size(tag::kTileWidth, 0), size(tag::kTileLength, 0)};
  const std::array strip{
      std::int64_t{image.width},
      std::min<std::int64_t>(size(tag::kRowsPerStrip, 1LL << 32U), image.height)};
  LATENT_TRY(const auto strip_offsets, block_list(directories, tag::kStripOffsets));
  LATENT_TRY(const auto strip_counts, block_list(directories, tag::kStripByteCounts));
  LATENT_TRY(const auto tile_offsets, block_list(directories, tag::kTileOffsets));
  LATENT_TRY(const auto tile_counts, block_list(directories, tag::kTileByteCounts));
  std::vector<Blocks> ways;
  const auto add = [&](const std::array<std::int64_t, 2>& side, const auto& offsets,
                       const auto& counts) {
    if (!check_dimensions(side[0], side[1], limits)) return;
    ways.push_back({{static_cast<int>(side[0]), static_cast<int>(side[1])}, offsets, counts});
  };
  if (has(tag::kTileOffsets)) add(tile, tile_offsets, tile_counts);
  if (has(tag::kStripOffsets)) add(strip, strip_offsets, strip_counts);
  if (has(tag::kTileWidth)) add(tile, strip_offsets, strip_counts);
  if (has(tag::kTileOffsets)) add(strip, tile_offsets, tile_counts);
  if (ways.empty()) add(has(tag::kTileWidth) ? tile : strip, strip_offsets, strip_counts);
  return ways;
}

Status read_blocks(const DngDirectories& directories, const Limits& limits, DngLayout& layout) {
  LATENT_TRY(const std::vector<Blocks> ways, ways_to_read(directories, layout.image, limits));
  if (ways.empty()) return contradiction("strips or tiles have an impossible size");
  for (const Blocks& way : ways) {
    take(way, layout);
    complete_byte_counts(layout);
    if (fits(layout, directories.file->source().size())) return {};
  }
  take(ways.front(), layout);  // none fits: who decodes says what is missing
  complete_byte_counts(layout);
  return {};
}

}  // namespace

std::uint64_t whole_number(const TiffFile& file, const TiffDirectory& directory, std::uint16_t tag,
                           std::uint64_t otherwise) {
  const TiffField* field = directory.find(tag);
  if (field == nullptr || field->count > 4096) return otherwise;
  const auto values = file.integers(*field);
  return values && !values->empty() ? values->front() : otherwise;
}

Result<DngLayout> read_dng_layout(const DngDirectories& directories, const Limits& limits) {
  const auto raw = [&](std::uint16_t tag, std::uint64_t otherwise) {
    const auto value = whole_number(*directories.file, *directories.raw, tag, otherwise);
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value, 1ULL << 32U));
  };
  const auto width = raw(tag::kImageWidth, 0);
  const auto height = raw(tag::kImageLength, 0);
  if (auto fits = check_dimensions(width, height, limits); !fits) {
    return fail(fits.error().code, "cannot be read: " + fits.error().sentence);
  }
  DngLayout layout;
  layout.image = {static_cast<int>(width), static_cast<int>(height)};
  layout.compression = static_cast<int>(std::min<std::int64_t>(raw(tag::kCompression, 1), 1 << 20));
  layout.predictor = static_cast<int>(std::min<std::int64_t>(raw(tag::kPredictor, 1), 1 << 20));
  layout.samples_per_pixel =
      static_cast<int>(std::clamp<std::int64_t>(raw(tag::kSamplesPerPixel, 1), 1, 256));
  layout.stated_bits =
      static_cast<int>(std::min<std::int64_t>(raw(tag::kBitsPerSample, 1), 1 << 16));
  layout.bits_per_sample = layout.stated_bits;
  layout.planar = layout.samples_per_pixel > 1 && raw(tag::kPlanarConfiguration, 1) != 1;
  layout.is_float = raw(tag::kSampleFormat, 1) == 3;
  layout.interleaved = is_interleaved(directories);
  layout.little_endian = directories.file->little_endian();
  LATENT_CHECK(read_blocks(directories, limits, layout));
  if (layout.compression == kUncompressed && !layout.planar) {
    layout.bits_per_sample = bits_by_bytes(layout).value_or(layout.stated_bits);
  }
  layout.jpeg = read_jpeg_frame(directories.file->source(), layout);
  for (const double value : directories.numbers(tag::kLinearizationTable)) {
    layout.linearisation.push_back(static_cast<std::uint16_t>(std::clamp(value, 0.0, 65535.0)));
  }
  return layout;
}

std::string stored_bits_notice(const DngLayout& layout) {
  if (layout.stated_bits == layout.bits_per_sample) return {};
  return fmt::format(
      "its header says {} bits a sample, but the bytes are those of {}, as which they were read",
      layout.stated_bits, layout.bits_per_sample);
}

}  // namespace latent::read
