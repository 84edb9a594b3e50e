// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_samples.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

#include "base/threads.h"
#include "read/dng/lossless_jpeg.h"
#include "read/libraw/extents.h"

namespace latent::read {

namespace {

constexpr int kUncompressed = 1;
constexpr int kJpeg = 7;
constexpr int kRowsPerPiece = 64;  // of uncompressed blocks, so that one huge strip is shared too

/// Rows of one block: the unit that a thread takes.
struct Piece {
  std::size_t block = 0;
  Rect area;          ///< inside the picture
  int first_row = 0;  ///< counted from the block's own first row
};

std::vector<Piece> cut_into_pieces(const DngLayout& layout) {
  std::vector<Piece> pieces;
  const Rect whole{0, 0, layout.image.width, layout.image.height};
  const int step = layout.compression == kUncompressed ? kRowsPerPiece : layout.block.height;
  std::size_t block = 0;
  for (int y = 0; y < whole.height; y += layout.block.height) {
    for (int x = 0; x < whole.width; x += layout.block.width, ++block) {
      const Rect inside = Rect{x, y, layout.block.width, layout.block.height}.intersection(whole);
      for (int row = 0; row < inside.height; row += step) {
        pieces.push_back(
            {block, {x, y + row, inside.width, std::min(step, inside.height - row)}, row});
      }
    }
  }
  return pieces;
}

tl::unexpected<Error> cut_short() {
  return fail(ErrorCode::Corrupt,
              "is cut short or damaged: a strip or tile holds fewer samples than the header "
              "promises; copy it from the card again");
}

/// Samples of so many pixels side by side.
std::size_t samples_of(int pixels, const DngLayout& layout) {
  return static_cast<std::size_t>(pixels) * static_cast<std::size_t>(layout.samples_per_pixel);
}

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

Status read_uncompressed(const ByteSource& source, const DngLayout& layout, const Piece& piece,
                         const Target& target) {
  const std::size_t width = samples_of(layout.block.width, layout);
  const std::size_t row_bytes = (width * static_cast<std::size_t>(layout.bits_per_sample) + 7) / 8;
  const std::size_t skipped = row_bytes * static_cast<std::size_t>(piece.first_row);
  const std::size_t needed = row_bytes * static_cast<std::size_t>(piece.area.height);
  if (skipped + needed > layout.byte_counts[piece.block]) return cut_short();
  std::vector<std::uint8_t> bytes(needed);
  LATENT_CHECK(source.read_at(layout.offsets[piece.block] + skipped, bytes));
  std::vector<std::uint16_t> row(samples_of(piece.area.width, layout));
  for (int y = 0; y < piece.area.height; ++y) {
    unpack_row(&bytes[row_bytes * static_cast<std::size_t>(y)], layout.bits_per_sample,
               layout.little_endian, row);
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

Status read_jpeg(const ByteSource& source, const DngLayout& layout, const Piece& piece,
                 const Target& target) {
  // No sound stream is longer: at worst 32 bits a sample, and headers.
  const std::uint64_t longest = static_cast<std::uint64_t>(layout.block.area()) * 4 *
                                    static_cast<std::uint64_t>(layout.samples_per_pixel) +
                                (1U << 20U);
  std::vector<std::uint8_t> bytes(
      static_cast<std::size_t>(std::min(layout.byte_counts[piece.block], longest)));
  if (bytes.size() > source.size()) return cut_short();
  LATENT_CHECK(source.read_at(layout.offsets[piece.block], bytes));
  LATENT_TRY(LosslessJpeg jpeg, LosslessJpeg::create(bytes));
  const auto wrapping = wrapping_of(jpeg, layout, piece.area);
  if (!wrapping) return cut_short();
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

/// Threads that take pieces until none is left or one has failed.
class Crew {
 public:
  Crew(const ByteSource& source, const DngLayout& layout, const Target& target,
       const RunControl& control)
      : source_(source),
        layout_(layout),
        target_(target),
        control_(control),
        pieces_(cut_into_pieces(layout)) {}

  Status run() {
    constexpr unsigned kMostThreads = 8;
    const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
    const auto count = static_cast<int>(std::min<std::size_t>(cores, pieces_.size()));
    return run_on_threads(count, [this](int /*index*/) { return work(); });
  }

 private:
  Status work() {
    while (!failed_) {
      const std::size_t index = next_++;
      if (index >= pieces_.size()) break;
      if (auto done = work_on(pieces_[index]); !done) {
        failed_ = true;
        return done;
      }
    }
    return {};
  }

  Status work_on(const Piece& piece) try {
    LATENT_CHECK(control_.check());
    return layout_.compression == kUncompressed
               ? read_uncompressed(source_, layout_, piece, target_)
               : read_jpeg(source_, layout_, piece, target_);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
  }

  const ByteSource& source_;
  const DngLayout& layout_;
  const Target& target_;
  const RunControl& control_;
  std::vector<Piece> pieces_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
};

}  // namespace

bool dng_samples_are_readable(const DngLayout& layout) {
  const bool known = layout.samples_per_pixel == 1 || layout.samples_per_pixel == 3;
  if (!known || layout.planar || layout.interleaved || layout.is_float) return false;
  if (layout.bits_per_sample > 16) return false;
  if (layout.compression == kJpeg) return true;
  return layout.compression == kUncompressed && layout.bits_per_sample >= 8;
}

Result<Image<std::uint16_t>> read_dng_samples(const ByteSource& source, const DngLayout& layout,
                                              const Limits& limits, const RunControl& control) {
  LATENT_ENSURE(dng_samples_are_readable(layout));
  LATENT_CHECK(check_blocks(source, layout));
  auto image = Image<std::uint16_t>::create(layout.image, layout.samples_per_pixel, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const Target target(image->view(), layout);
  Crew crew(source, layout, target, control);
  LATENT_CHECK(crew.run());
  return image;
}

}  // namespace latent::read
