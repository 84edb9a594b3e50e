// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/libraw/libraw_stream.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

namespace latent::read {

namespace {

constexpr std::size_t kWindow = std::size_t{1} << 16U;

class SourceStream final : public LibRaw_abstract_datastream {
 public:
  SourceStream(const ByteSource& source, std::uint64_t most_calls)
      : source_(source), calls_left_(most_calls), window_(kWindow) {}

  void lift_limit() { calls_left_ = std::numeric_limits<std::uint64_t>::max(); }

  int valid() override { return 1; }
  INT64 size() override { return static_cast<INT64>(source_.size()); }
  INT64 tell() override { return static_cast<INT64>(position_); }
  int eof() override { return position_ >= source_.size() ? 1 : 0; }

  int read(void* to, std::size_t item, std::size_t count) override {
    count_call();
    std::size_t wanted = 0;
    if (item == 0 || __builtin_mul_overflow(item, count, &wanted)) return 0;
    const std::uint64_t available = source_.size() - position_;
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, available));
    auto* bytes = static_cast<std::uint8_t*>(to);
    copy({bytes, taken});
    if (taken == 4 && ends_an_unsafe_pattern(bytes)) throw LIBRAW_EXCEPTION_IO_CORRUPT;
    return static_cast<int>((taken + item - 1) / item);
  }

  int seek(INT64 offset, int whence) override {
    count_call();
    const INT64 base = whence == SEEK_CUR ? tell() : whence == SEEK_END ? size() : 0;
    INT64 target = 0;
    if (__builtin_add_overflow(base, offset, &target)) target = offset < 0 ? 0 : size();
    position_ = static_cast<std::uint64_t>(std::clamp<INT64>(target, 0, size()));
    return 0;
  }

  int get_char() override {
    count_call();
    if (position_ >= source_.size()) return -1;
    if (position_ - window_start_ >= window_size_) fill();
    return window_[position_++ - window_start_];
  }

  /// As fgets(): at most room - 1 characters, the line's end included.
  char* gets(char* to, int room) override {
    if (room < 1 || position_ >= source_.size()) return nullptr;
    int length = 0;
    for (int c = 0; length < room - 1 && c != '\n';) {
      c = get_char();
      if (c < 0) break;
      to[length++] = static_cast<char>(c);
    }
    to[length] = 0;
    return to;
  }

  /// LibRaw asks for "%d" and "%f" only.
  int scanf_one(const char* format, void* value) override {
    std::array<char, 64> text{};
    const std::uint64_t start = position_;
    const auto available = std::min<std::uint64_t>(text.size() - 1, source_.size() - start);
    copy({reinterpret_cast<std::uint8_t*>(text.data()), static_cast<std::size_t>(available)});
    char* end = text.data();
    if (std::string_view(format) == "%d") {
      *static_cast<int*>(value) = static_cast<int>(std::strtol(text.data(), &end, 10));
    } else {
      *static_cast<float*>(value) = std::strtof(text.data(), &end);
    }
    position_ = start + static_cast<std::uint64_t>(end - text.data());
    return end == text.data() ? -1 : 1;
  }

  // LibRaw 0.21 has no such function any more, so this must not be marked as overriding one.
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
  void* make_jas_stream() { return nullptr; }
#else
  void* make_jas_stream() override { return nullptr; }
#endif

 private:
  /// Whether what was read is the count of a colour pattern (CFAPattern, or Kodak's of 64777) with
  /// 36 sites that no CFARepeatPatternDim of 6 x 6 right before it explains: LibRaw 0.20 as Debian
  /// builds it never stops writing such a pattern (its loop leaves the bounds of an array of six,
  /// so the compiler takes the loop's end for unreachable).
  [[nodiscard]] bool ends_an_unsafe_pattern(const std::uint8_t* count) const {
    constexpr std::array<std::uint8_t, 4> kSites{36, 0, 0, 0};
    const bool little = std::equal(kSites.begin(), kSites.end(), count);
    if (!little && !std::equal(kSites.rbegin(), kSites.rend(), count)) return false;
    constexpr std::uint64_t kEntry = 12;  // bytes of tag, type, count and value
    constexpr std::uint64_t kBeforeValue = 8;
    if (position_ < kBeforeValue) return false;
    std::array<std::uint8_t, 2> tag{};
    if (!source_.read_at(position_ - kBeforeValue, tag)) return false;
    if (!little) std::swap(tag[0], tag[1]);
    constexpr std::array<std::uint8_t, 2> kCfaPattern{0x8e, 0x82};
    constexpr std::array<std::uint8_t, 2> kKodakPattern{0x09, 0xfd};
    if (tag == kKodakPattern) return true;
    if (tag != kCfaPattern) return false;
    constexpr std::array<std::uint8_t, kEntry> kLittleSixBySix{0x8d, 0x82, 3, 0, 2, 0,
                                                               0,    0,    6, 0, 6, 0};
    constexpr std::array<std::uint8_t, kEntry> kBigSixBySix{0x82, 0x8d, 0, 3, 0, 0,
                                                            0,    2,    0, 6, 0, 6};
    std::array<std::uint8_t, kEntry> before{};
    if (position_ < kBeforeValue + kEntry ||
        !source_.read_at(position_ - kBeforeValue - kEntry, before)) {
      return true;
    }
    return before != (little ? kLittleSixBySix : kBigSixBySix);
  }

  void count_call() {
    if (calls_left_ == 0) throw LIBRAW_EXCEPTION_IO_EOF;
    --calls_left_;
  }

  void fill() {
    window_start_ = position_;
    window_size_ =
        static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, source_.size() - position_));
    if (!source_.read_at(window_start_, std::span(window_).first(window_size_))) {
      window_size_ = 0;
      throw LIBRAW_EXCEPTION_IO_EOF;
    }
  }

  void copy(std::span<std::uint8_t> to) {
    while (!to.empty()) {
      if (position_ - window_start_ >= window_size_) {
        if (to.size() >= kWindow) return copy_past_the_window(to);
        fill();
      }
      const auto from = static_cast<std::size_t>(position_ - window_start_);
      const std::size_t count = std::min(to.size(), window_size_ - from);
      std::copy_n(&window_[from], count, to.begin());
      position_ += count;
      to = to.subspan(count);
    }
  }

  void copy_past_the_window(std::span<std::uint8_t> to) {
    if (!source_.read_at(position_, to)) throw LIBRAW_EXCEPTION_IO_EOF;
    position_ += to.size();
  }

  const ByteSource& source_;
  std::uint64_t calls_left_;
  std::uint64_t position_ = 0;
  std::uint64_t window_start_ = 0;
  std::size_t window_size_ = 0;
  std::vector<std::uint8_t> window_;
};

}  // namespace

void LibRawStreamDelete::operator()(LibRaw_abstract_datastream* stream) const { delete stream; }

LibRawStream make_libraw_stream(const ByteSource& source, std::uint64_t most_calls) {
  return LibRawStream(new SourceStream(source, most_calls));
}

void lift_call_limit(LibRaw_abstract_datastream& stream) {
  static_cast<SourceStream&>(stream).lift_limit();
}

}  // namespace latent::read
