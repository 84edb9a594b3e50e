// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace latent::read {

/// Decodes one lossless JPEG stream (SOF3, Huffman), the "LJ92" of DNG, row by row.
///
/// Ours, because LibRaw needs one second for 24 megapixels on one core and gives no sign when a
/// tile ends early; here a missing bit is an error.
///
/// Source   ITU-T T.81 (1992), annexes B, C and H; names in brackets are its symbols.
/// Threads  one decoder on one thread; many decoders on many.
class LosslessJpeg {
 public:
  /// Reads the headers up to the first entropy-coded byte. `stream` must outlive the decoder.
  ///
  /// Errors   Unsupported  another JPEG process (lossy), restart intervals, subsampling.
  ///          Corrupt      no sound headers.
  [[nodiscard]] static Result<LosslessJpeg> create(std::span<const std::uint8_t> stream);

  [[nodiscard]] int width() const { return width_; }            ///< [X]
  [[nodiscard]] int height() const { return height_; }          ///< [Y]
  [[nodiscard]] int components() const { return components_; }  ///< [Nf], 1 to 4
  /// Samples of one row, components interleaved.
  [[nodiscard]] std::size_t row_samples() const {
    return static_cast<std::size_t>(width_) * static_cast<std::size_t>(components_);
  }

  /// Decodes the next row into `row`, row_samples() long. At most height() times.
  ///
  /// Errors   Corrupt  the stream ends early or holds a code that is none.
  [[nodiscard]] Status decode_row(std::span<std::uint16_t> row);

 private:
  static constexpr int kLookupBits = 11;
  static constexpr int kMaxComponents = 4;

  /// What the next kLookupBits bits begin with. `total` bits hold a whole difference, or, where
  /// that is 0, `code_bits` bits hold a code for `category` further bits; both 0: look it up
  /// slowly.
  struct Lookup {
    std::int16_t difference = 0;
    std::uint8_t total = 0;
    std::uint8_t code_bits : 4 = 0;
    std::uint8_t category_low : 4 = 0;
  };
  struct HuffmanTable {
    std::array<Lookup, std::size_t{1} << kLookupBits> lookup{};
    std::array<std::uint8_t, 256> categories{};   ///< [HUFFVAL]
    std::array<std::int32_t, 18> max_code{};      ///< [MAXCODE], -1 where there is none
    std::array<std::int32_t, 17> value_offset{};  ///< [VALPTR] - [MINCODE]
    bool defined = false;
  };

  LosslessJpeg() = default;

  [[nodiscard]] static tl::unexpected<Error> damaged();
  [[nodiscard]] static tl::unexpected<Error> not_taken();
  /// The signed difference that `category` bits `value` stand for (table H.2, procedure EXTEND).
  [[nodiscard]] static std::int32_t extend(std::uint32_t value, int category);

  [[nodiscard]] Status read_headers(std::span<const std::uint8_t> stream);
  [[nodiscard]] Status read_segment(std::uint8_t marker, std::span<const std::uint8_t> segment);
  [[nodiscard]] Status read_frame(std::span<const std::uint8_t> segment);
  [[nodiscard]] Status read_tables(std::span<const std::uint8_t> segment);
  [[nodiscard]] Status read_scan(std::span<const std::uint8_t> segment);
  static Status build_table(std::span<const std::uint8_t> counts,
                            std::span<const std::uint8_t> categories, HuffmanTable& table);
  static void fill_lookup(std::uint32_t code, int bits, int category, HuffmanTable& table);

  [[nodiscard]] bool refill_quickly();
  void refill();
  [[nodiscard]] std::uint32_t take(int bits);
  [[nodiscard]] std::int32_t next_difference(const HuffmanTable& table);
  [[nodiscard]] int next_category_slowly(const HuffmanTable& table);
  void decode_first_row(std::span<std::uint16_t> row);
  void decode_with_left(std::span<std::uint16_t> row);
  void decode_general(std::span<std::uint16_t> row);

  std::array<HuffmanTable, kMaxComponents> tables_;
  std::array<std::uint8_t, kMaxComponents> component_ids_{};
  std::array<std::uint8_t, kMaxComponents> table_of_component_{};
  int width_ = 0;
  int height_ = 0;
  int components_ = 0;
  int precision_ = 0;  ///< [P]
  int predictor_ = 0;  ///< [Ss]
  std::vector<std::uint16_t> above_;
  bool first_row_ = true;

  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::uint64_t bits_ = 0;  ///< the next bits, from the top
  int bit_count_ = 0;       ///< valid ones among them
  int padding_bits_ = 0;    ///< of those, zeros that stand in for what the stream lacks
  bool code_is_bad_ = false;
};

}  // namespace latent::read
