// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

namespace latent::write {

/// A picture as the plain decoder gives it: rows of width * components samples, interleaved.
struct PlainPicture {
  int width = 0;
  int height = 0;
  int components = 0;
  std::vector<std::uint16_t> samples;
};

/// Decodes lossless JPEG with predictor 1 the slowest and plainest way, bit by bit, straight from
/// ITU-T T.81: the judge of the encoder. Throws std::runtime_error on anything it does not expect.
class PlainLosslessJpeg {
 public:
  explicit PlainLosslessJpeg(const std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}

  [[nodiscard]] PlainPicture decode() {
    expect(0xFFD8);
    for (;;) {
      const int marker = word();
      const std::size_t end = at_ + static_cast<std::size_t>(peek_word());
      word();
      if (marker == 0xFFC3) read_frame();
      if (marker == 0xFFC4) read_table();
      if (marker == 0xFFDA) {
        at_ = end;
        break;
      }
      at_ = end;
    }
    read_scan();
    expect(0xFFD9);
    if (at_ != bytes_.size()) throw std::runtime_error("bytes after the end");
    return picture_;
  }

 private:
  int byte() {
    if (at_ >= bytes_.size()) throw std::runtime_error("stream ends early");
    return bytes_[at_++];
  }
  int word() {
    const int high = byte();
    return high * 256 + byte();
  }
  int peek_word() {
    const int value = word();
    at_ -= 2;
    return value;
  }
  void expect(int marker) {
    if (word() != marker) throw std::runtime_error("wrong marker");
  }

  void read_frame() {
    if (byte() != 16) throw std::runtime_error("not 16 bits");
    picture_.height = word();
    picture_.width = word();
    picture_.components = byte();
  }

  void read_table() {
    byte();
    std::vector<int> counts(17);
    for (int bits = 1; bits <= 16; ++bits) counts[static_cast<std::size_t>(bits)] = byte();
    int code = 0;
    for (int bits = 1; bits <= 16; ++bits) {
      for (int i = 0; i < counts[static_cast<std::size_t>(bits)]; ++i) {
        symbols_[{bits, code}] = byte();
        if (++code == 1 << bits) throw std::runtime_error("a code word is all ones");
      }
      code *= 2;
    }
  }

  int bit() {
    if (left_ == 0) {
      current_ = byte();
      if (current_ == 0xFF && byte() != 0) throw std::runtime_error("marker inside the scan");
      left_ = 8;
    }
    return (current_ >> --left_) & 1;
  }

  int difference() {
    int code = 0;
    for (int bits = 1; bits <= 16; ++bits) {
      code = code * 2 + bit();
      const auto found = symbols_.find({bits, code});
      if (found == symbols_.end()) continue;
      const int category = found->second;
      if (category == 16) return 32768;
      int value = 0;
      for (int i = 0; i < category; ++i) value = value * 2 + bit();
      const bool negative = category > 0 && value < 1 << (category - 1);
      return negative ? value - (1 << category) + 1 : value;
    }
    throw std::runtime_error("no such code word");
  }

  void read_scan() {
    const int row = picture_.width * picture_.components;
    picture_.samples.resize(static_cast<std::size_t>(row) *
                            static_cast<std::size_t>(picture_.height));
    for (int y = 0; y < picture_.height; ++y) {
      for (int x = 0; x < row; ++x) {
        const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(row) +
                        static_cast<std::size_t>(x);
        int prediction = 32768;
        if (x >= picture_.components) {
          prediction = picture_.samples[at - static_cast<std::size_t>(picture_.components)];
        } else if (y > 0) {
          prediction = picture_.samples[at - static_cast<std::size_t>(row)];
        }
        picture_.samples[at] = static_cast<std::uint16_t>(prediction + difference());
      }
    }
  }

  const std::vector<std::uint8_t>& bytes_;
  std::size_t at_ = 0;
  int current_ = 0;
  int left_ = 0;
  std::map<std::pair<int, int>, int> symbols_;
  PlainPicture picture_;
};

}  // namespace latent::write
