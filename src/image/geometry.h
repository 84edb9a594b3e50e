// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

namespace latent {

struct Point {
  int x = 0;
  int y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct Size {
  int width = 0;
  int height = 0;
  [[nodiscard]] std::int64_t area() const { return std::int64_t{width} * height; }
  friend bool operator==(const Size&, const Size&) = default;
};

/// Half-open: x <= column < x + width.
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  [[nodiscard]] Point origin() const { return {x, y}; }
  [[nodiscard]] Size size() const { return {width, height}; }
  [[nodiscard]] int right() const { return x + width; }
  [[nodiscard]] int bottom() const { return y + height; }
  [[nodiscard]] bool empty() const { return width <= 0 || height <= 0; }
  [[nodiscard]] bool contains(const Rect& inner) const {
    return inner.x >= x && inner.y >= y && inner.right() <= right() && inner.bottom() <= bottom();
  }
  [[nodiscard]] Rect intersection(const Rect& other) const {
    const int left = std::max(x, other.x);
    const int top = std::max(y, other.y);
    return {left, top, std::max(0, std::min(right(), other.right()) - left),
            std::max(0, std::min(bottom(), other.bottom()) - top)};
  }
  friend bool operator==(const Rect&, const Rect&) = default;
};

/// The remainder that is never negative: positive_modulo(-1, 6) is 5. divisor > 0.
[[nodiscard]] constexpr int positive_modulo(int value, int divisor) {
  const int rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

/// The index inside [0, count) that `index` falls on when the row is continued as in a mirror that
/// stands on its first and last sample (reflect-101, periodic). Keeps the parity, so a Bayer mosaic
/// stays one; other CFAs mirror their colour index the same way. count >= 1.
[[nodiscard]] constexpr int mirror_index(int index, int count) {
  if (count == 1) return 0;
  const int period = 2 * (count - 1);
  const int folded = positive_modulo(index, period);
  return folded < count ? folded : period - folded;
}

[[nodiscard]] constexpr int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace latent
