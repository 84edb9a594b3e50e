// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "image/image.h"

namespace latent {

/// The smallest rectangle around the pixels that belong to it; nothing where none does.
template <class T, class Belongs>
[[nodiscard]] std::optional<Rect> bounds_of(ImageView<const T> image, const Belongs& belongs) {
  int left = image.width();
  int top = image.height();
  int right = -1;
  int bottom = -1;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      if (!belongs(image.at(x, y))) continue;
      left = std::min(left, x);
      right = std::max(right, x);
      top = std::min(top, y);
      bottom = std::max(bottom, y);
    }
  }
  if (right < 0) return std::nullopt;
  return Rect{left, top, right - left + 1, bottom - top + 1};
}

/// Around what a mask of 0 and 1 covers.
[[nodiscard]] inline std::optional<Rect> bounds_of(ImageView<const std::uint8_t> mask) {
  return bounds_of(mask, [](std::uint8_t covered) { return covered != 0; });
}

}  // namespace latent
