// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/lossless_jpeg.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "write/dng/huffman.h"

namespace latent::write {

namespace {

using Histogram = std::array<std::uint64_t, kJpegCategories>;

/// Differences of a whole picture, row by row, and their SSSS categories.
struct Differences {
  std::unique_ptr<std::int16_t[]> value;
  std::unique_ptr<std::uint8_t[]> category;
  std::size_t count = 0;
};

/// Modulo 2^16, as T.81 H.1.2.1 asks. -32768 stands for 32768, the one of category 16.
std::int16_t difference(std::uint16_t sample, std::uint16_t prediction) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(sample - prediction));
}

std::uint8_t category_of(std::int16_t value) {
  const unsigned magnitude = static_cast<unsigned>(value < 0 ? -int{value} : int{value});
  return static_cast<std::uint8_t>(std::bit_width(magnitude));
}

/// The samples at the beginning of a row, one a component, are predicted from the row above, in the
/// first row from half of the range; all others from the left.
void take_row(const std::uint16_t* row, const std::uint16_t* above, std::size_t width,
              std::size_t components, std::int16_t* out) {
  constexpr std::uint16_t kHalf = 1U << 15U;
  for (std::size_t x = 0; x < components; ++x) {
    out[x] = difference(row[x], above == nullptr ? kHalf : above[x]);
  }
  for (std::size_t x = components; x < width; ++x) {
    out[x] = difference(row[x], row[x - components]);
  }
}

Differences take_differences(ImageView<const std::uint16_t> samples, int components) {
  const std::size_t width = samples.row(0).size();
  Differences all;
  all.count = width * static_cast<std::size_t>(samples.height());
  all.value = std::make_unique_for_overwrite<std::int16_t[]>(all.count);
  all.category = std::make_unique_for_overwrite<std::uint8_t[]>(all.count);
  const std::uint16_t* above = nullptr;
  for (int y = 0; y < samples.height(); ++y) {
    const std::uint16_t* row = samples.row(y).data();
    std::int16_t* out = all.value.get() + static_cast<std::size_t>(y) * width;
    take_row(row, above, width, static_cast<std::size_t>(components), out);
    above = row;
  }
  for (std::size_t i = 0; i < all.count; ++i) all.category[i] = category_of(all.value[i]);
  return all;
}

Histogram count_categories(const Differences& all) {
  // Four tables, because two equal neighbours would wait for each other's increment.
  std::array<std::array<std::uint32_t, 32>, 4> part{};
  std::size_t i = 0;
  for (; i + 4 <= all.count; i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) ++part[lane][all.category[i + lane]];
  }
  for (; i < all.count; ++i) ++part[0][all.category[i]];
  Histogram sum{};
  for (std::size_t c = 0; c < sum.size(); ++c) {
    for (const auto& table : part) sum[c] += table[c];
  }
  return sum;
}

/// Bits from the most significant on, with a zero byte after each 0xFF (T.81 F.1.2.3).
class BitWriter {
 public:
  explicit BitWriter(std::uint8_t* out) : out_(out) {}

  /// The lowest `count` bits of `bits`, the others 0. count <= 32.
  void put(std::uint32_t bits, unsigned count) {
    buffer_ = (buffer_ << count) | bits;
    filled_ += count;
    if (filled_ >= 32) flush_word();
  }

  /// Fills the last byte with ones; the end of what was written.
  std::uint8_t* finish() {
    const unsigned padding = (8 - filled_ % 8) % 8;
    put((1U << padding) - 1, padding);
    while (filled_ >= 8) {
      filled_ -= 8;
      put_byte(static_cast<std::uint8_t>(buffer_ >> filled_));
    }
    return out_;
  }

 private:
  void flush_word() {
    filled_ -= 32;
    const auto word = static_cast<std::uint32_t>(buffer_ >> filled_);
    const std::uint32_t inverse = ~word;
    const bool has_ff = ((inverse - 0x01010101U) & word & 0x80808080U) != 0;
    if (!has_ff) [[likely]] {
      for (unsigned i = 0; i < 4; ++i) out_[i] = static_cast<std::uint8_t>(word >> (24 - 8 * i));
      out_ += 4;
      return;
    }
    for (unsigned i = 0; i < 4; ++i) put_byte(static_cast<std::uint8_t>(word >> (24 - 8 * i)));
  }

  void put_byte(std::uint8_t byte) {
    *out_++ = byte;
    if (byte == 0xFF) *out_++ = 0;
  }

  std::uint64_t buffer_ = 0;
  unsigned filled_ = 0;
  std::uint8_t* out_;
};

std::uint8_t* write_scan(const Differences& all, const HuffmanCode& code, std::uint8_t* out) {
  struct Word {
    std::uint32_t prefix = 0;  ///< the code word, shifted before the extra bits
    std::uint32_t mask = 0;    ///< of the extra bits
    std::uint32_t length = 0;  ///< of both
  };
  std::array<Word, 32> words{};
  for (std::size_t c = 0; c < kJpegCategories; ++c) {
    const unsigned extra = c == 16 ? 0 : static_cast<unsigned>(c);  // 32768 needs none
    words[c] = {std::uint32_t{code.code[c]} << extra, (1U << extra) - 1, code.length[c] + extra};
  }
  BitWriter bits(out);
  for (std::size_t i = 0; i < all.count; ++i) {
    const Word& word = words[all.category[i] & 31U];
    const int value = all.value[i];
    // A negative difference is written as value - 1, its sign bits cut away.
    const auto extra = static_cast<std::uint32_t>(value + (value >> 31));
    bits.put(word.prefix | (extra & word.mask), word.length);
  }
  return bits.finish();
}

class HeaderWriter {
 public:
  void byte(std::size_t value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
  void word(std::size_t value) {
    byte(value >> 8U);
    byte(value & 0xFFU);
  }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// SOI, SOF3, DHT and SOS (T.81 B.2).
std::vector<std::uint8_t> headers(std::size_t height, std::size_t width, std::size_t components,
                                  const HuffmanCode& code) {
  HeaderWriter out;
  out.word(0xFFD8);
  out.word(0xFFC3);
  out.word(8 + 3 * components);
  out.byte(16);
  out.word(height);
  out.word(width);
  out.byte(components);
  for (std::size_t c = 0; c < components; ++c) {
    out.byte(c);
    out.byte(0x11);
    out.byte(0);
  }
  out.word(0xFFC4);
  out.word(2 + 17 + static_cast<std::size_t>(code.symbols));
  out.byte(0);
  for (std::size_t bits = 1; bits <= 16; ++bits) out.byte(code.counts[bits]);
  for (std::size_t i = 0; i < static_cast<std::size_t>(code.symbols); ++i) out.byte(code.order[i]);
  out.word(0xFFDA);
  out.word(6 + 2 * components);
  out.byte(components);
  for (std::size_t c = 0; c < components; ++c) {
    out.byte(c);
    out.byte(0);
  }
  out.byte(1);  // predictor: the sample to the left
  out.byte(0);
  out.byte(0);
  return out.take();
}

/// Bytes that the scan cannot exceed: every bit of it, each byte stuffed, and a word to spare.
std::size_t scan_bound(const Histogram& histogram, const HuffmanCode& code) {
  std::uint64_t bits = 0;
  for (std::size_t c = 0; c < histogram.size(); ++c) {
    bits += histogram[c] * (code.length[c] + (c == 16 ? 0 : c));
  }
  return static_cast<std::size_t>(bits / 8) * 2 + 16;
}

}  // namespace

Result<std::vector<std::uint8_t>> encode_lossless_jpeg(ImageView<const std::uint16_t> samples,
                                                       int components) {
  LATENT_ENSURE(!samples.empty() && components >= 1 && components <= 4);
  const std::size_t row = samples.row(0).size();
  const auto parts = static_cast<std::size_t>(components);
  LATENT_ENSURE(row % parts == 0);
  constexpr std::size_t kMaxSide = 65535;
  LATENT_ENSURE(row / parts <= kMaxSide);
  LATENT_ENSURE(static_cast<std::size_t>(samples.height()) <= kMaxSide);

  const Differences all = take_differences(samples, components);
  const Histogram histogram = count_categories(all);
  const HuffmanCode code = optimal_huffman_code(histogram);
  std::vector<std::uint8_t> stream =
      headers(static_cast<std::size_t>(samples.height()), row / parts, parts, code);
  const std::size_t begin = stream.size();
  const auto scan = std::make_unique_for_overwrite<std::uint8_t[]>(scan_bound(histogram, code));
  const std::uint8_t* end = write_scan(all, code, scan.get());
  stream.reserve(begin + static_cast<std::size_t>(end - scan.get()) + 2);
  stream.insert(stream.end(), static_cast<const std::uint8_t*>(scan.get()), end);
  stream.push_back(0xFF);
  stream.push_back(0xD9);
  return stream;
}

}  // namespace latent::write
