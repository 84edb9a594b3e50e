// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/mask_look.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace latent::app {

namespace {

constexpr float kTint = 0.45F;
constexpr float kDark = 0.72F;
constexpr std::array<float, 3> kBlue{223, 163, 74};  // blue, green, red of the accent

/// The mean of what each pixel of the small mask covers.
Result<Image<float>> reduced(ImageView<const float> mask, Size size) {
  LATENT_TRY(auto small, Image<float>::create(size));
  const auto edge = [](int i, int of, int full) {
    return static_cast<int>(std::int64_t{i} * full / of);
  };
  for (int y = 0; y < size.height; ++y) {
    const int top = edge(y, size.height, mask.height());
    const int bottom = std::max(top + 1, edge(y + 1, size.height, mask.height()));
    for (int x = 0; x < size.width; ++x) {
      const int left = edge(x, size.width, mask.width());
      const int right = std::max(left + 1, edge(x + 1, size.width, mask.width()));
      float sum = 0;
      for (int v = top; v < bottom; ++v) {
        const auto row = mask.row(v);
        for (int u = left; u < right; ++u) sum += row[static_cast<std::size_t>(u)];
      }
      small.view().at(x, y) = sum / static_cast<float>((bottom - top) * (right - left));
    }
  }
  return small;
}

/// Whether the outline runs here: a neighbour to the right or below is on the other side.
bool at_outline(ImageView<const float> mask, int x, int y) {
  const bool here = mask.at(x, y) >= 0.5F;
  const int right = std::min(x + 1, mask.width() - 1);
  const int below = std::min(y + 1, mask.height() - 1);
  return (mask.at(right, y) >= 0.5F) != here || (mask.at(x, below) >= 0.5F) != here;
}

}  // namespace

Result<Image<std::uint8_t>> mask_look(ImageView<const float> mask, MaskStyle style,
                                      int longest_side) {
  const int longest = std::max(mask.width(), mask.height());
  const double scale = std::min(1.0, static_cast<double>(longest_side) / std::max(1, longest));
  const Size size{std::max(1, static_cast<int>(std::lround(mask.width() * scale))),
                  std::max(1, static_cast<int>(std::lround(mask.height() * scale)))};
  LATENT_TRY(const auto small, reduced(mask, size));
  LATENT_TRY(auto look, Image<std::uint8_t>::create(size, 4));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const float share = std::clamp(small.view().at(x, y), 0.0F, 1.0F);
      std::uint8_t* to = &look.view().at(x, y);
      const auto put = [&](std::array<float, 3> colour, float alpha) {
        for (std::size_t c = 0; c < 3; ++c) {
          to[c] = static_cast<std::uint8_t>(colour[c] * alpha + 0.5F);
        }
        to[3] = static_cast<std::uint8_t>(255.0F * alpha + 0.5F);
      };
      const bool line = style != MaskStyle::Alone && at_outline(small.view(), x, y);
      if (line) {
        put({255, 255, 255}, 1);
      } else if (style == MaskStyle::Tint) {
        put(kBlue, share * kTint);
      } else if (style == MaskStyle::Outside) {
        put({0, 0, 0}, (1 - share) * kDark);
      } else {
        const float grey = 255 * share;
        put({grey, grey, grey}, 1);
      }
    }
  }
  return look;
}

double mask_share(ImageView<const float> mask) {
  double sum = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (const float share : mask.row(y)) sum += share;
  }
  const auto area = static_cast<double>(mask.size().area());
  return area > 0 ? sum / area : 0;
}

}  // namespace latent::app
