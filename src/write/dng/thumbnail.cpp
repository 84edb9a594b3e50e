// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/thumbnail.h"

#include <algorithm>

namespace latent::write {

namespace {

/// Where the source block of output position i begins, of `out` positions over `in` samples.
int block_edge(int i, int in, int out) { return static_cast<int>(std::int64_t{i} * in / out); }

int scaled_side(int side, int longest, int long_side) {
  return std::max(1, static_cast<int>((std::int64_t{side} * long_side + longest / 2) / longest));
}

std::uint8_t block_mean(ImageView<const std::uint8_t> picture, const Rect& block, int channel) {
  std::uint64_t sum = 0;
  for (int y = block.y; y < block.bottom(); ++y) {
    for (int x = block.x; x < block.right(); ++x) sum += picture.at(x, y, channel);
  }
  const auto area = static_cast<std::uint64_t>(block.size().area());
  return static_cast<std::uint8_t>((sum + area / 2) / area);
}

}  // namespace

Result<Image<std::uint8_t>> thumbnail(ImageView<const std::uint8_t> picture, int long_side) {
  LATENT_ENSURE(!picture.empty() && long_side > 0);
  const Size in = picture.size();
  const int longest = std::max(in.width, in.height);
  const Size out = longest <= long_side ? in
                                        : Size{scaled_side(in.width, longest, long_side),
                                               scaled_side(in.height, longest, long_side)};
  LATENT_TRY(auto small, Image<std::uint8_t>::create(out, picture.channels()));
  for (int y = 0; y < out.height; ++y) {
    const int top = block_edge(y, in.height, out.height);
    const int bottom = block_edge(y + 1, in.height, out.height);
    for (int x = 0; x < out.width; ++x) {
      const int left = block_edge(x, in.width, out.width);
      const int right = block_edge(x + 1, in.width, out.width);
      for (int channel = 0; channel < picture.channels(); ++channel) {
        small.view().at(x, y, channel) =
            block_mean(picture, {left, top, right - left, bottom - top}, channel);
      }
    }
  }
  return small;
}

}  // namespace latent::write
