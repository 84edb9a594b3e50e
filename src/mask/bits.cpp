// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/bits.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/threads.h"

namespace latent::mask {

namespace {

constexpr int kWord = 64;

/// 64 comparisons in one word: bytes of 0 and 1 first, which is vector code, then the bits of 8
/// bytes at once by a product in which no two of them meet.
std::uint64_t word_above(const float* samples, float threshold) {
  constexpr std::uint64_t kGather = 0x8040201008040201U;
  std::array<std::uint8_t, kWord> above{};
  for (std::size_t i = 0; i < above.size(); ++i) above[i] = samples[i] > threshold ? 1 : 0;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < above.size(); i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, above.data() + i, sizeof eight);
    word = word << 8U | eight * kGather >> 56U;
  }
  return word;
}

}  // namespace

Bits::Bits(Size size)
    : size_(size),
      words_((size.width + kWord - 1) / kWord),
      bits_(static_cast<std::size_t>(words_) * static_cast<std::size_t>(size.height)) {}

Result<Bits> Bits::above(ImageView<const float> mask, const Rect& box, float threshold,
                         int threads) {
  Bits bits(box.size());
  const auto rows = [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      const auto samples = mask.row(std::clamp(box.y + y, 0, mask.height() - 1));
      const auto words = bits.row(y);
      for (int word = 0; word < bits.words_; ++word) {
        const int begin = box.x + word * kWord;
        const int end = std::min(begin + kWord, box.right());
        std::uint64_t& out = words[static_cast<std::size_t>(word)];
        if (begin >= 0 && begin + kWord <= std::min(box.right(), mask.width())) {
          out = word_above(samples.data() + begin, threshold);
          continue;
        }
        for (int x = begin; x < end; ++x) {
          const int inside = std::clamp(x, 0, mask.width() - 1);
          const bool is_set = samples[static_cast<std::size_t>(inside)] > threshold;
          out = out << 1U | (is_set ? 1U : 0U);
        }
        out <<= static_cast<unsigned>(begin + kWord - end) % kWord;
      }
    }
  };
  LATENT_CHECK(for_row_parts(box.height, threads, rows));
  return bits;
}

void Bits::flip_from(int x, int y) {
  if (x >= size_.width) return;
  const auto words = row(y);
  const auto first = static_cast<std::size_t>(std::max(x, 0));
  words[first / kWord] ^= ~std::uint64_t{0} >> (first % kWord);
  for (std::size_t i = first / kWord + 1; i < words.size(); ++i) words[i] = ~words[i];
}

void Bits::clip(const Rect& inside) {
  const Rect kept = inside.intersection({0, 0, size_.width, size_.height});
  for (int y = 0; y < size_.height; ++y) {
    const auto words = row(y);
    const bool is_in = y >= kept.y && y < kept.bottom();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const int begin = static_cast<int>(i) * kWord;
      if (!is_in || begin + kWord <= kept.x || begin >= kept.right()) {
        words[i] = 0;
        continue;
      }
      if (begin < kept.x) words[i] &= ~std::uint64_t{0} >> static_cast<unsigned>(kept.x - begin);
      if (begin + kWord > kept.right()) {
        words[i] &= ~std::uint64_t{0} << static_cast<unsigned>(begin + kWord - kept.right());
      }
    }
  }
}

Rect Bits::content(int margin) const {
  std::vector<std::uint64_t> columns(static_cast<std::size_t>(words_));
  int top = size_.height;
  int bottom = -1;
  for (int y = 0; y < size_.height; ++y) {
    const auto words = row(y);
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      any |= words[i];
      columns[i] |= words[i];
    }
    if (any == 0) continue;
    top = std::min(top, y);
    bottom = y;
  }
  if (bottom < 0) return {};
  int left = 0;
  while (columns[static_cast<std::size_t>(left)] == 0) ++left;
  int right = words_ - 1;
  while (columns[static_cast<std::size_t>(right)] == 0) --right;
  const int first = std::max(0, (left * kWord - margin)) / kWord * kWord;
  const int end = std::min(size_.width, (right + 1) * kWord + margin);
  top = std::max(0, top - margin);
  bottom = std::min(size_.height, bottom + 1 + margin);
  return {first, top, end - first, bottom - top};
}

Bits Bits::part(const Rect& area) const {
  Bits result(area.size());
  for (int y = 0; y < area.height; ++y) {
    const auto from = row(area.y + y).subspan(static_cast<std::size_t>(area.x) / kWord);
    const auto to = result.row(y);
    std::copy_n(from.begin(), to.size(), to.begin());
  }
  result.set_beyond(false);
  return result;
}

bool Bits::none() const {
  return std::ranges::all_of(bits_, [](std::uint64_t word) { return word == 0; });
}

std::int64_t Bits::count() const {
  std::int64_t sum = 0;
  for (const std::uint64_t word : bits_) sum += std::popcount(word);
  return sum;
}

void Bits::remove(const Bits& other) {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] &= ~other.bits_[i];
}

void Bits::set_beyond(bool set) {
  const auto unused = static_cast<unsigned>(words_ * kWord - size_.width);
  if (unused == 0) return;
  const std::uint64_t beyond = (std::uint64_t{1} << unused) - 1;
  for (int y = 0; y < size_.height; ++y) {
    std::uint64_t& last = row(y).back();
    last = set ? last | beyond : last & ~beyond;
  }
}

/// Widens (or narrows) each row by a pixel on both sides, then takes rows from ever further away
/// where the disc is as wide as that.
Bits Bits::morphed_once(int radius, Grow grow) const {
  const bool more = grow == Grow::More;
  const auto merge = [more](std::uint64_t a, std::uint64_t b) { return more ? a | b : a & b; };
  const std::uint64_t outside = more ? 0 : ~std::uint64_t{0};
  Bits wide = *this;
  wide.set_beyond(!more);
  Bits result = wide;
  int width = 0;
  const auto widen = [&] {
    for (int y = 0; y < size_.height; ++y) {
      const auto words = wide.row(y);
      std::uint64_t before = outside;
      for (std::size_t i = 0; i < words.size(); ++i) {
        const std::uint64_t here = words[i];
        const std::uint64_t after = i + 1 < words.size() ? words[i + 1] : outside;
        const std::uint64_t from_left = here >> 1U | before << 63U;
        const std::uint64_t from_right = here << 1U | after >> 63U;
        words[i] = merge(here, merge(from_left, from_right));
        before = here;
      }
    }
    wide.set_beyond(!more);
    ++width;
  };
  for (int away = radius; away >= 0; --away) {
    const int reach = static_cast<int>(std::sqrt(radius * radius - away * away + 0.5));
    while (width < reach) widen();
    for (int y = 0; y < size_.height; ++y) {
      const auto out = result.row(y);
      for (const int from : {y - away, y + away}) {
        if (from < 0 || from >= size_.height) continue;
        const auto in = std::as_const(wide).row(from);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = merge(out[i], in[i]);
      }
    }
  }
  result.set_beyond(false);
  return result;
}

/// Discs add up: one of 40 px is one of 24 px after one of 16 px.
Bits Bits::morphed(int radius, Grow grow) const {
  constexpr int kMostAtOnce = 24;
  Bits result = *this;
  for (int left = radius; left > 0; left -= kMostAtOnce) {
    result = result.morphed_once(std::min(left, kMostAtOnce), grow);
  }
  return result;
}

Bits Bits::eroded(int radius) const { return morphed(radius, Grow::Less); }
Bits Bits::dilated(int radius) const { return morphed(radius, Grow::More); }

double iou(const Bits& a, const Bits& b) {
  std::int64_t both = 0;
  std::int64_t either = 0;
  for (int y = 0; y < a.size().height; ++y) {
    const auto row_a = a.row(y);
    const auto row_b = b.row(y);
    for (std::size_t i = 0; i < row_a.size(); ++i) {
      both += std::popcount(row_a[i] & row_b[i]);
      either += std::popcount(row_a[i] | row_b[i]);
    }
  }
  return either > 0 ? static_cast<double>(both) / static_cast<double>(either) : 1;
}

std::int64_t remove_spikes(Bits& bits, int radius) {
  if (radius < 1) return 0;
  const Bits core = bits.eroded(radius);
  if (core.none()) return 0;
  const Bits near_core = core.dilated(radius);
  Bits rest = bits;  // corners and spikes
  rest.remove(near_core);
  Bits far = rest;  // what of spikes stands out
  far.remove(near_core.dilated(radius));
  std::vector<Point> front;
  for (int y = 0; y < far.size().height; ++y) {
    const auto words = std::as_const(far).row(y);
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::uint64_t left = words[i]; left != 0;) {
        const int bit = std::countl_zero(left);
        left &= ~(std::uint64_t{1} << (63 - static_cast<unsigned>(bit)));
        front.push_back({static_cast<int>(i) * kWord + bit, y});
      }
    }
  }
  std::int64_t cleared = 0;
  while (!front.empty()) {
    const Point at = front.back();
    front.pop_back();
    const bool inside =
        at.x >= 0 && at.y >= 0 && at.x < rest.size().width && at.y < rest.size().height;
    if (!inside || !rest.at(at.x, at.y)) continue;
    rest.clear(at.x, at.y);
    bits.clear(at.x, at.y);
    ++cleared;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) front.push_back({at.x + dx, at.y + dy});
    }
  }
  return cleared;
}

}  // namespace latent::mask
