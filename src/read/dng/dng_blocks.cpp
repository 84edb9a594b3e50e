// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_blocks.h"

#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <new>

#include "base/threads.h"

namespace latent::read {

namespace {

constexpr int kUncompressed = 1;
constexpr int kDeflate = 8;
constexpr int kOldDeflate = 32946;
constexpr int kRowsPerPiece = 64;  // of uncompressed blocks, so that one huge strip is shared too

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

/// Fills `out` from a whole zlib stream, whose checksum is right; gives the bytes it held, 0 where
/// it is broken.
std::size_t inflate_into(std::span<const std::uint8_t> packed, std::span<std::uint8_t> out) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  stream.next_in = const_cast<Bytef*>(packed.data());  // the library's type; it only reads
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = inflate(&stream, Z_FINISH);
  const std::size_t held = out.size() - stream.avail_out;
  inflateEnd(&stream);
  return code == Z_STREAM_END ? held : 0;
}

/// How many pixels apart two neighbours of the predictor are; 0 of one that is not of floats.
std::size_t float_step(int predictor) {
  switch (predictor) {
    case 3:
      return 1;
    case 34894:
      return 2;
    case 34895:
      return 4;
    default:
      return 0;
  }
}

/// Undoes the prediction of floats: bytes become sums along the row, then those of one sample,
/// which stand a row of samples apart, come together, the most significant first.
///
/// Source   Adobe Photoshop TIFF Technical Note 3; for the wider steps DNG 1.4, chapter 4.
void undo_float_prediction(std::span<std::uint8_t> row, std::size_t sample_bytes, std::size_t step,
                           std::vector<std::uint8_t>& scratch) {
  for (std::size_t i = step; i < row.size(); ++i) {
    row[i] = static_cast<std::uint8_t>(row[i] + row[i - step]);
  }
  scratch.assign(row.begin(), row.end());
  const std::size_t samples = row.size() / sample_bytes;
  for (std::size_t i = 0; i < samples; ++i) {
    for (std::size_t byte = 0; byte < sample_bytes; ++byte) {
      row[i * sample_bytes + byte] = scratch[byte * samples + i];
    }
  }
}

Result<PieceBytes> read_deflated(const ByteSource& source, const DngLayout& layout,
                                 const Piece& piece, PieceBytes found) {
  const std::uint64_t most =
      static_cast<std::uint64_t>(found.row_bytes) * static_cast<std::uint64_t>(layout.block.height);
  // What does not pack well may grow a little; nothing sound is longer.
  const std::uint64_t longest = most + most / 8 + (1U << 16U);
  std::vector<std::uint8_t> packed(
      static_cast<std::size_t>(std::min(layout.byte_counts[piece.block], longest)));
  LATENT_CHECK(source.read_at(layout.offsets[piece.block], packed));
  // Rows below the picture count too; but nothing is allocated that the bytes cannot hold.
  constexpr std::uint64_t kMostOfByte = 1032;
  const std::uint64_t held = std::min(most, packed.size() * kMostOfByte);
  const std::size_t needed = found.row_bytes * static_cast<std::size_t>(piece.area.height);
  if (held < needed) return block_cut_short();
  if (std::max<std::uint64_t>(held, packed.size()) > std::numeric_limits<uInt>::max()) {
    return fail(ErrorCode::Unsupported,
                "has a deflated strip of more than 4 GiB, which is not read; convert it with Adobe "
                "DNG Converter");
  }
  found.bytes.resize(static_cast<std::size_t>(held));
  if (inflate_into(packed, found.bytes) < needed) return block_cut_short();
  const std::size_t step = float_step(layout.predictor);
  if (step == 0) return found;
  std::vector<std::uint8_t> scratch;
  for (int y = 0; y < piece.area.height; ++y) {
    undo_float_prediction(
        std::span(found.bytes)
            .subspan(found.row_bytes * static_cast<std::size_t>(y), found.row_bytes),
        static_cast<std::size_t>(layout.bits_per_sample / 8),
        step * static_cast<std::size_t>(layout.samples_per_pixel), scratch);
  }
  found.little_endian = false;
  return found;
}

/// Threads that take pieces until none is left or one has failed.
class Crew {
 public:
  Crew(const DngLayout& layout, const RunControl& control,
       const std::function<Status(const Piece&)>& work)
      : control_(control), work_(work), pieces_(cut_into_pieces(layout)) {}

  Status run() {
    constexpr std::size_t kMostThreads = 8;
    const auto all = static_cast<std::size_t>(threads_or_all(0));
    const auto count = static_cast<int>(std::min({all, kMostThreads, pieces_.size()}));
    return run_on_threads(count, [this](int /*index*/) { return take_pieces(); });
  }

 private:
  Status take_pieces() {
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
    return work_(piece);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
  }

  const RunControl& control_;
  const std::function<Status(const Piece&)>& work_;
  std::vector<Piece> pieces_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
};

}  // namespace

bool is_deflated(const DngLayout& layout) {
  return layout.compression == kDeflate || layout.compression == kOldDeflate;
}

std::size_t samples_of(int pixels, const DngLayout& layout) {
  return static_cast<std::size_t>(pixels) * static_cast<std::size_t>(layout.samples_per_pixel);
}

tl::unexpected<Error> block_cut_short() {
  return fail(ErrorCode::Corrupt,
              "is cut short or damaged: a strip or tile holds fewer samples than the header "
              "promises; copy it from the card again");
}

Status for_each_piece(const DngLayout& layout, const RunControl& control,
                      const std::function<Status(const Piece&)>& work) {
  return Crew(layout, control, work).run();
}

Result<PieceBytes> read_piece(const ByteSource& source, const DngLayout& layout,
                              const Piece& piece) {
  const std::size_t width = samples_of(layout.block.width, layout);
  PieceBytes found;
  found.row_bytes = (width * static_cast<std::size_t>(layout.bits_per_sample) + 7) / 8;
  found.little_endian = layout.little_endian;
  if (is_deflated(layout)) return read_deflated(source, layout, piece, std::move(found));
  const std::size_t skipped = found.row_bytes * static_cast<std::size_t>(piece.first_row);
  const std::size_t needed = found.row_bytes * static_cast<std::size_t>(piece.area.height);
  if (skipped + needed > layout.byte_counts[piece.block]) return block_cut_short();
  found.bytes.resize(needed);
  LATENT_CHECK(source.read_at(layout.offsets[piece.block] + skipped, found.bytes));
  return found;
}

}  // namespace latent::read
