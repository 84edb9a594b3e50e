// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/border.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fill/membrane.h"

namespace latent::fill {

namespace {

constexpr int kAlong = 4;  ///< pixels of the border, to both sides, over which a step is taken

constexpr std::array<Point, 4> kAround{Point{-1, 0}, {1, 0}, {0, -1}, {0, 1}};

}  // namespace

Status blend_border(ImageView<float> filled, ImageView<const std::uint8_t> hole, int threads) {
  const Size size = filled.size();
  LATENT_TRY(auto step, Image<float>::create(size, 3));
  LATENT_TRY(auto free, Image<std::uint8_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      free.view().at(x, y) = hole.at(x, y) != 0 ? 1 : 2;
      if (hole.at(x, y) != 0) continue;
      std::array<float, 3> beside{};
      float count = 0;
      for (const Point& by : kAround) {
        const int nx = x + by.x;
        const int ny = y + by.y;
        if (nx < 0 || ny < 0 || nx >= size.width || ny >= size.height) continue;
        if (hole.at(nx, ny) == 0) continue;
        for (int c = 0; c < 3; ++c) beside[static_cast<std::size_t>(c)] += filled.at(nx, ny, c);
        count += 1;
      }
      if (count == 0) continue;
      free.view().at(x, y) = 0;
      for (int c = 0; c < 3; ++c) {
        step.view().at(x, y, c) = filled.at(x, y, c) - beside[static_cast<std::size_t>(c)] / count;
      }
    }
  }
  LATENT_TRY(auto smooth, Image<float>::create(size, 3));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (free.view().at(x, y) != 0) continue;
      std::array<float, 3> sum{};
      float count = 0;
      for (int ny = std::max(0, y - kAlong); ny <= std::min(size.height - 1, y + kAlong); ++ny) {
        for (int nx = std::max(0, x - kAlong); nx <= std::min(size.width - 1, x + kAlong); ++nx) {
          if (free.view().at(nx, ny) != 0) continue;
          for (int c = 0; c < 3; ++c) {
            sum[static_cast<std::size_t>(c)] += step.view().at(nx, ny, c);
          }
          count += 1;
        }
      }
      for (int c = 0; c < 3; ++c) {
        smooth.view().at(x, y, c) = sum[static_cast<std::size_t>(c)] / count;
      }
    }
  }
  LATENT_CHECK(fill_membrane(smooth.view(), std::as_const(free).view(), threads));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (hole.at(x, y) == 0) continue;
      for (int c = 0; c < 3; ++c) filled.at(x, y, c) += smooth.view().at(x, y, c);
    }
  }
  return {};
}

}  // namespace latent::fill
