// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/mask_look.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "mask/resampled.h"

namespace latent::app {

namespace {

constexpr float kTint = 0.45F;
constexpr float kDark = 0.72F;
constexpr std::array<float, 3> kBlue{223, 163, 74};  // blue, green, red of the accent

/// Whether the outline runs here: a neighbour to the right or below is on the other side.
bool at_outline(ImageView<const float> mask, int x, int y) {
  const bool here = mask.at(x, y) >= 0.5F;
  const int right = std::min(x + 1, mask.width() - 1);
  const int below = std::min(y + 1, mask.height() - 1);
  return (mask.at(right, y) >= 0.5F) != here || (mask.at(x, below) >= 0.5F) != here;
}

}  // namespace

Result<Image<std::uint8_t>> mask_look(ImageView<const float> whole, MaskStyle style,
                                      int longest_side) {
  const int longest = std::max(whole.width(), whole.height());
  const double scale = std::min(1.0, static_cast<double>(longest_side) / std::max(1, longest));
  const Size size{std::max(1, static_cast<int>(std::lround(whole.width() * scale))),
                  std::max(1, static_cast<int>(std::lround(whole.height() * scale)))};
  LATENT_TRY(const auto small, mask::resampled(whole, size));
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

}  // namespace latent::app
