// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/run_control.h"
#include "read/dng/dng_file.h"

namespace latent::read {

/// Rows of one block: the unit that a thread takes.
struct Piece {
  std::size_t block = 0;
  Rect area;          ///< inside the picture
  int first_row = 0;  ///< counted from the block's own first row
};

/// Whether blocks are compressed by deflate, under either of its numbers.
[[nodiscard]] bool is_deflated(const DngLayout& layout);

/// Samples of so many pixels side by side.
[[nodiscard]] std::size_t samples_of(int pixels, const DngLayout& layout);

/// The error of a block that ends before its samples do.
[[nodiscard]] tl::unexpected<Error> block_cut_short();

/// Cuts the picture into pieces and has threads take them until none is left or one has failed.
///
/// Errors   Cancelled; TooLarge where memory is refused; those of `work`.
[[nodiscard]] Status for_each_piece(const DngLayout& layout, const RunControl& control,
                                    const std::function<Status(const Piece&)>& work);

/// Rows of a piece as bytes, samples side by side as wide as the block.
struct PieceBytes {
  std::vector<std::uint8_t> bytes;
  std::size_t row_bytes = 0;
  bool little_endian = true;  ///< of each sample
};

/// The bytes of a piece of uncompressed or deflated blocks; floats after their predictor.
///
/// Errors   Corrupt, Io.
[[nodiscard]] Result<PieceBytes> read_piece(const ByteSource& source, const DngLayout& layout,
                                            const Piece& piece);

}  // namespace latent::read
