// SPDX-License-Identifier: GPL-3.0-or-later
#include "tiny_ljpeg.h"

#include <bit>
#include <cstddef>
#include <cstdlib>

namespace latent::read::test {

namespace {

class BitWriter {
 public:
  explicit BitWriter(std::vector<std::uint8_t>& out) : out_(out) {}

  void put(std::uint32_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) put_bit((value >> static_cast<unsigned>(i)) & 1U);
  }
  void finish() {
    while (count_ != 0) put_bit(1);
  }

 private:
  void put_bit(std::uint32_t bit) {
    byte_ = static_cast<std::uint8_t>(std::uint32_t{byte_} << 1U | bit);
    if (++count_ < 8) return;
    out_.push_back(byte_);
    if (byte_ == 0xFF) out_.push_back(0);
    byte_ = 0;
    count_ = 0;
  }

  std::vector<std::uint8_t>& out_;
  std::uint8_t byte_ = 0;
  int count_ = 0;
};

void put_code(BitWriter& bits, int category, bool long_codes) {
  if (!long_codes) return bits.put(static_cast<std::uint32_t>(category), 5);
  if (category == 16) return bits.put(0xFFFF, 16);
  bits.put((1U << static_cast<unsigned>(category + 1)) - 2U, category + 1);
}

void put_difference(BitWriter& bits, int difference, bool long_codes) {
  const auto wrapped = static_cast<std::int16_t>(difference);  // modulo 2^16
  if (wrapped == -32768) return put_code(bits, 16, long_codes);
  const auto category = static_cast<int>(std::bit_width(static_cast<unsigned>(std::abs(wrapped))));
  put_code(bits, category, long_codes);
  const int value = wrapped < 0 ? wrapped + (1 << category) - 1 : wrapped;
  if (category > 0) bits.put(static_cast<std::uint32_t>(value), category);
}

int prediction(std::span<const std::uint16_t> samples, std::size_t at, std::size_t row,
               const JpegForm& form) {
  const auto step = static_cast<std::size_t>(form.components);
  const std::size_t column = at % row;
  if (at < row) return column < step ? 1 << (form.precision - 1) : samples[at - step];
  if (column < step) return samples[at - row];
  const int a = samples[at - step];
  const int b = samples[at - row];
  const int c = samples[at - row - step];
  const int all[] = {0, a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1};
  return all[form.predictor];
}

void put_headers(std::vector<std::uint8_t>& out, const JpegForm& form) {
  const auto byte = [&](int value) { out.push_back(static_cast<std::uint8_t>(value)); };
  const auto word = [&](int value) {
    byte(value >> 8);
    byte(value & 0xFF);
  };
  word(0xFFD8);
  word(0xFFC4);
  word(2 + 17 + 17);
  byte(0);
  for (int bits = 1; bits <= 16; ++bits) {
    byte(form.long_codes ? (bits == 16 ? 2 : 1) : (bits == 5 ? 17 : 0));
  }
  for (int category = 0; category <= 16; ++category) byte(category);
  word(0xFFC3);
  word(8 + 3 * form.components);
  byte(form.precision);
  word(form.height);
  word(form.width);
  byte(form.components);
  for (int i = 0; i < form.components; ++i) {
    byte(i);
    byte(0x11);
    byte(0);
  }
  word(0xFFDA);
  word(6 + 2 * form.components);
  byte(form.components);
  for (int i = 0; i < form.components; ++i) {
    byte(i);
    byte(0);
  }
  byte(form.predictor);
  byte(0);
  byte(0);
}

}  // namespace

std::vector<std::uint8_t> encode_ljpeg(std::span<const std::uint16_t> samples,
                                       const JpegForm& form) {
  std::vector<std::uint8_t> out;
  put_headers(out, form);
  BitWriter bits(out);
  const auto row = static_cast<std::size_t>(form.width * form.components);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    put_difference(bits, samples[i] - prediction(samples, i, row, form), form.long_codes);
  }
  bits.finish();
  out.push_back(0xFF);
  out.push_back(0xD9);
  return out;
}

}  // namespace latent::read::test
