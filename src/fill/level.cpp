// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/level.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace latent::fill {

namespace {

/// Roughness counts as much as a colour where it is this times the mean step between neighbours.
constexpr float kRoughness = 3.0F;
constexpr int kRoughReach = 2;

float brightness(const float* pixel) { return (pixel[0] + pixel[1] + pixel[2]) * (1.0F / 3.0F); }

/// The mean step to the right and downwards around each known pixel, in channel 3.
void measure_roughness(ImageView<float> pixels, ImageView<const std::uint8_t> hole) {
  const int width = pixels.width();
  const int height = pixels.height();
  const auto known = [&](int x, int y) { return hole.at(x, y) == 0; };
  // The steps first, in place; then their means by running sums over columns and rows.
  const auto cells = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::vector<float> step(cells);
  std::vector<float> count(cells);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int right = std::min(x + 1, width - 1);
      const int below = std::min(y + 1, height - 1);
      if (!known(x, y) || !known(right, y) || !known(x, below)) continue;
      const float here = brightness(&pixels.at(x, y));
      const float dx = brightness(&pixels.at(right, y)) - here;
      const float dy = brightness(&pixels.at(x, below)) - here;
      const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                     static_cast<std::size_t>(x);
      step[i] = std::abs(dx) + std::abs(dy);
      count[i] = 1.0F;
    }
  }
  const auto line = static_cast<std::size_t>(width);
  std::vector<float> sums(line);
  std::vector<float> counts(line);
  for (int y = 0; y < height; ++y) {
    std::ranges::fill(sums, 0.0F);
    std::ranges::fill(counts, 0.0F);
    for (int dy = -kRoughReach; dy <= kRoughReach; ++dy) {
      const auto row = static_cast<std::size_t>(std::clamp(y + dy, 0, height - 1)) * line;
      for (std::size_t x = 0; x < line; ++x) {
        sums[x] += step[row + x];
        counts[x] += count[row + x];
      }
    }
    for (int x = 0; x < width; ++x) {
      float sum = 0;
      float all = 0;
      for (int dx = -kRoughReach; dx <= kRoughReach; ++dx) {
        const auto column = static_cast<std::size_t>(std::clamp(x + dx, 0, width - 1));
        sum += sums[column];
        all += counts[column];
      }
      pixels.at(x, y, 3) = all > 0 ? kRoughness * sum / all : 0.0F;
    }
  }
}

Result<Level> half(const Level& fine) {
  const Size size{(fine.size().width + 1) / 2, (fine.size().height + 1) / 2};
  Level coarse;
  LATENT_TRY(coarse.pixels, Image<float>::create(size, kChannels));
  LATENT_TRY(coarse.hole, Image<std::uint8_t>::create(size));
  LATENT_TRY(coarse.bar, Image<std::uint8_t>::create(size));
  const auto from = fine.pixels.view();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      float sum[kChannels] = {};
      float weight = 0;
      std::uint8_t hole = 0;
      std::uint8_t bar = 0;
      for (int dy = 0; dy < 2; ++dy) {
        for (int dx = 0; dx < 2; ++dx) {
          const int fx = std::min(2 * x + dx, fine.size().width - 1);
          const int fy = std::min(2 * y + dy, fine.size().height - 1);
          bar |= fine.bar.view().at(fx, fy);
          if (fine.hole.view().at(fx, fy) != 0) {
            hole = 1;
            continue;
          }
          for (int c = 0; c < kChannels; ++c) sum[c] += from.at(fx, fy, c);
          weight += 1;
        }
      }
      const float scale = weight > 0 ? 1.0F / weight : 0.0F;
      for (int c = 0; c < kChannels; ++c) coarse.pixels.view().at(x, y, c) = sum[c] * scale;
      coarse.hole.view().at(x, y) = hole;
      coarse.bar.view().at(x, y) = bar;
    }
  }
  return coarse;
}

Result<int> thickness(const Level& level) {
  LATENT_TRY(const auto depth, depth_in_hole(level.hole.view()));
  int most = 0;
  for (int y = 0; y < depth.height(); ++y) {
    for (const std::int32_t value : depth.view().row(y)) most = std::max(most, int{value});
  }
  return 2 * most;
}

}  // namespace

Result<Image<std::int32_t>> depth_in_hole(ImageView<const std::uint8_t> hole) {
  LATENT_TRY(auto depth, Image<std::int32_t>::create(hole.size()));
  const auto view = depth.view();
  const int width = hole.width();
  const int height = hole.height();
  constexpr std::int32_t kFar = 1 << 29;
  const auto at = [&](int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height ? kFar : view.at(x, y);
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (hole.at(x, y) == 0) continue;
      view.at(x, y) =
          std::min({at(x - 1, y), at(x - 1, y - 1), at(x, y - 1), at(x + 1, y - 1)}) + 1;
    }
  }
  for (int y = height; y-- > 0;) {
    for (int x = width; x-- > 0;) {
      if (hole.at(x, y) == 0) continue;
      const std::int32_t near =
          std::min({at(x + 1, y), at(x + 1, y + 1), at(x, y + 1), at(x - 1, y + 1)}) + 1;
      view.at(x, y) = std::min(view.at(x, y), near);
    }
  }
  return depth;
}

Result<std::vector<Level>> pyramid(ImageView<const float> colours,
                                   ImageView<const std::uint8_t> hole,
                                   ImageView<const std::uint8_t> bar, int thin, int shortest) {
  LATENT_ENSURE(colours.channels() == 3 && colours.size() == hole.size() &&
                colours.size() == bar.size());
  std::vector<Level> levels(1);
  Level& finest = levels.front();
  LATENT_TRY(finest.pixels, Image<float>::create(colours.size(), kChannels));
  LATENT_TRY(finest.hole, Image<std::uint8_t>::create(colours.size()));
  LATENT_TRY(finest.bar, Image<std::uint8_t>::create(colours.size()));
  for (int y = 0; y < colours.height(); ++y) {
    for (int x = 0; x < colours.width(); ++x) {
      const bool in_hole = hole.at(x, y) != 0;
      finest.hole.view().at(x, y) = in_hole ? 1 : 0;
      finest.bar.view().at(x, y) = bar.at(x, y) != 0 ? 1 : 0;
      if (in_hole) continue;
      for (int c = 0; c < 3; ++c) finest.pixels.view().at(x, y, c) = colours.at(x, y, c);
    }
  }
  measure_roughness(finest.pixels.view(), finest.hole.view());
  while (true) {
    const Level& last = levels.back();
    LATENT_TRY(const int thick, thickness(last));
    const Size size = last.size();
    if (thick <= thin || std::min(size.width, size.height) / 2 < shortest) return levels;
    LATENT_TRY(Level next, half(last));
    measure_roughness(next.pixels.view(), next.hole.view());
    levels.push_back(std::move(next));
  }
}

}  // namespace latent::fill
