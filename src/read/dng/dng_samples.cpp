// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_samples.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <vector>

#include "read/dng/dng_blocks.h"
#include "read/dng/dng_jxl.h"
#include "read/dng/lossless_jpeg.h"
#include "read/libraw/extents.h"

namespace latent::read {

namespace {

constexpr int kUncompressed = 1;
constexpr int kJpeg = 7;

/// Writes samples to the picture through the linearisation table, less the black of their row and
/// column.
class Target {
 public:
  Target(ImageView<std::uint16_t> view, const DngLayout& layout) : view_(view), layout_(layout) {}

  /// From the pixel (x, y) on.
  void put(int x, int y, std::span<const std::uint16_t> samples) const {
    const std::span row(&view_.at(x, y), samples.size());
    linearise(samples, row);
    const BlackDeltas& deltas = layout_.black_deltas;
    if (!deltas.empty()) deltas.take_off(x, y, layout_.samples_per_pixel, row);
  }

 private:
  void linearise(std::span<const std::uint16_t> samples, std::span<std::uint16_t> row) const {
    const auto& table = layout_.linearisation;
    if (table.empty()) {
      std::memcpy(row.data(), samples.data(), samples.size_bytes());
      return;
    }
    const std::size_t last = table.size() - 1;
    std::ranges::transform(samples, row.begin(), [&](std::uint16_t sample) {
      return table[std::min<std::size_t>(sample, last)];
    });
  }

  ImageView<std::uint16_t> view_;
  const DngLayout& layout_;
};

/// One row of packed samples: 8 and 16 bits as numbers of their size, others bit by bit from the
/// top of each byte.
void unpack_row(const std::uint8_t* bytes, int bits, bool little_endian,
                std::span<std::uint16_t> row) {
  if (bits == 16) {
    std::memcpy(row.data(), bytes, row.size_bytes());
    if (little_endian == (std::endian::native == std::endian::little)) return;
    for (std::uint16_t& sample : row) {
      sample = static_cast<std::uint16_t>(sample << 8U | sample >> 8U);
    }
    return;
  }
  if (bits == 8) {
    std::copy_n(bytes, row.size(), row.begin());
    return;
  }
  std::uint32_t pending = 0;
  int count = 0;
  for (std::uint16_t& sample : row) {
    for (; count < bits; count += 8) pending = pending << 8U | *bytes++;
    count -= bits;
    sample = static_cast<std::uint16_t>(pending >> static_cast<unsigned>(count));
    pending &= (1U << static_cast<unsigned>(count)) - 1U;
  }
}

/// How many pixels apart two neighbours of the predictor are; 0 where there is none.
std::size_t difference_step(int predictor) {
  switch (predictor) {
    case 2:
      return 1;
    case 34892:
      return 2;
    case 34893:
      return 4;
    default:
      return 0;
  }
}

/// Samples become sums along the row, as wide as they are stored.
void undo_differences(std::span<std::uint16_t> row, std::size_t step, int bits) {
  const auto mask = static_cast<std::uint16_t>((1U << static_cast<unsigned>(bits)) - 1U);
  for (std::size_t i = step; i < row.size(); ++i) {
    row[i] = static_cast<std::uint16_t>((row[i] + row[i - step]) & mask);
  }
}

Status read_plain(const ByteSource& source, const DngLayout& layout, const Piece& piece,
                  const Target& target) {
  LATENT_TRY(const PieceBytes found, read_piece(source, layout, piece));
  const std::size_t step =
      is_deflated(layout) ? samples_of(1, layout) * difference_step(layout.predictor) : 0;
  std::vector<std::uint16_t> row(samples_of(piece.area.width, layout));
  for (int y = 0; y < piece.area.height; ++y) {
    unpack_row(&found.bytes[found.row_bytes * static_cast<std::size_t>(y)], layout.bits_per_sample,
               found.little_endian, row);
    if (step > 0) undo_differences(row, step, layout.bits_per_sample);
    target.put(piece.area.x, piece.area.y + y, row);
  }
  return {};
}

/// How the rows of a JPEG stream lie in a block.
enum class Wrapping : std::uint8_t {
  RowByRow,   ///< one JPEG row is one row of the block, perhaps with samples to spare
  Continuous  ///< the samples run on through the block: two rows in one JPEG row, and the like
};

std::optional<Wrapping> wrapping_of(const LosslessJpeg& jpeg, const DngLayout& layout,
                                    const Rect& area) {
  const std::size_t block_width = samples_of(layout.block.width, layout);
  const std::size_t row = jpeg.row_samples();
  const auto rows = static_cast<std::size_t>(jpeg.height());
  const auto visible_rows = static_cast<std::size_t>(area.height);
  const auto spare = static_cast<std::size_t>(jpeg.components());
  const bool same_width = row >= block_width && row < block_width + spare;
  const bool narrow_edge = row == samples_of(area.width, layout);
  if ((same_width || narrow_edge) && rows >= visible_rows) return Wrapping::RowByRow;
  if (row * rows >= block_width * visible_rows &&
      (row % block_width == 0 || block_width % row == 0)) {
    return Wrapping::Continuous;
  }
  return std::nullopt;
}

Status decode_continuous(LosslessJpeg& jpeg, const DngLayout& layout, const Rect& area,
                         const Target& target) {
  const std::size_t block_width = samples_of(layout.block.width, layout);
  const std::size_t visible = samples_of(area.width, layout);
  std::vector<std::uint16_t> block_row(block_width);
  std::vector<std::uint16_t> jpeg_row(jpeg.row_samples());
  std::size_t taken = jpeg_row.size();
  for (int y = 0; y < area.height; ++y) {
    for (std::size_t filled = 0; filled < block_width;) {
      if (taken == jpeg_row.size()) {
        LATENT_CHECK(jpeg.decode_row(jpeg_row));
        taken = 0;
      }
      const std::size_t count = std::min(block_width - filled, jpeg_row.size() - taken);
      std::copy_n(&jpeg_row[taken], count, &block_row[filled]);
      taken += count;
      filled += count;
    }
    target.put(area.x, area.y + y, std::span(block_row).first(visible));
  }
  return {};
}

/// A compressed block. No sound one is longer: at worst 32 bits a sample, and headers.
Result<std::vector<std::uint8_t>> compressed_block(const ByteSource& source,
                                                   const DngLayout& layout, std::size_t block) {
  const std::uint64_t longest = static_cast<std::uint64_t>(layout.block.area()) * 4 *
                                    static_cast<std::uint64_t>(layout.samples_per_pixel) +
                                (1U << 20U);
  const std::uint64_t size = std::min(layout.byte_counts[block], longest);
  if (size > source.size()) return block_cut_short();
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  LATENT_CHECK(source.read_at(layout.offsets[block], bytes));
  return bytes;
}

Status read_jxl(const ByteSource& source, const DngLayout& layout, const Piece& piece,
                const Target& target) {
  LATENT_TRY(const auto bytes, compressed_block(source, layout, piece.block));
  LATENT_TRY(const auto samples, decode_jxl_block(bytes, {layout.block, layout.samples_per_pixel,
                                                          layout.bits_per_sample}));
  const std::size_t stride = samples_of(layout.block.width, layout);
  for (int y = 0; y < piece.area.height; ++y) {
    target.put(piece.area.x, piece.area.y + y,
               std::span(samples).subspan(stride * static_cast<std::size_t>(y),
                                          samples_of(piece.area.width, layout)));
  }
  return {};
}

Status read_jpeg(const ByteSource& source, const DngLayout& layout, const Piece& piece,
                 const Target& target) {
  LATENT_TRY(const auto bytes, compressed_block(source, layout, piece.block));
  LATENT_TRY(LosslessJpeg jpeg, LosslessJpeg::create(bytes));
  const auto wrapping = wrapping_of(jpeg, layout, piece.area);
  if (!wrapping) return block_cut_short();
  if (*wrapping == Wrapping::Continuous) {
    return decode_continuous(jpeg, layout, piece.area, target);
  }
  std::vector<std::uint16_t> row(jpeg.row_samples());
  for (int y = 0; y < piece.area.height; ++y) {
    LATENT_CHECK(jpeg.decode_row(row));
    target.put(piece.area.x, piece.area.y + y,
               std::span(row).first(samples_of(piece.area.width, layout)));
  }
  return {};
}

}  // namespace

bool dng_samples_are_readable(const DngLayout& layout) {
  const bool known = layout.samples_per_pixel == 1 || layout.samples_per_pixel == 3;
  if (!known || layout.planar || layout.interleaved || layout.is_float) return false;
  if (layout.bits_per_sample > 16) return false;
  if (layout.compression == kJpeg) return true;
  if (layout.compression == kJpegXl) return layout.bits_per_sample >= 8 && dng_jxl_is_there();
  if (is_deflated(layout)) {
    const bool predicted = layout.predictor != 1 && difference_step(layout.predictor) == 0;
    return !predicted && (layout.bits_per_sample == 8 || layout.bits_per_sample == 16);
  }
  return layout.compression == kUncompressed && layout.bits_per_sample >= 8;
}

Result<Image<std::uint16_t>> read_dng_samples(const ByteSource& source, const DngLayout& layout,
                                              const Limits& limits, const RunControl& control) {
  LATENT_ENSURE(dng_samples_are_readable(layout));
  LATENT_CHECK(check_blocks(source, layout));
  auto image = Image<std::uint16_t>::create(layout.image, layout.samples_per_pixel, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const Target target(image->view(), layout);
  LATENT_CHECK(for_each_piece(layout, control, [&](const Piece& piece) {
    if (layout.compression == kJpegXl) return read_jxl(source, layout, piece, target);
    return layout.compression == kJpeg ? read_jpeg(source, layout, piece, target)
                                       : read_plain(source, layout, piece, target);
  }));
  return image;
}

}  // namespace latent::read
