// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/area_average.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace latent::read {

namespace {

/// The samples of one axis that one new sample covers, with their weights, which sum to 1.
struct Cover {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Cover> covers(int from, int to) {
  std::vector<Cover> result(static_cast<std::size_t>(to));
  const double step = static_cast<double>(from) / to;
  for (int i = 0; i < to; ++i) {
    const double begin = i * step;
    const double end = std::min(begin + step, static_cast<double>(from));
    Cover& cover = result[static_cast<std::size_t>(i)];
    cover.first = static_cast<int>(begin);
    const int last = std::min(static_cast<int>(std::ceil(end - 1e-9)), from);
    for (int k = cover.first; k < last; ++k) {
      const double part = std::min(end, k + 1.0) - std::max(begin, static_cast<double>(k));
      cover.weights.push_back(static_cast<float>(part / (end - begin)));
    }
  }
  return result;
}

template <class T>
void average_row(std::span<const T> row, const std::vector<Cover>& columns, int channels,
                 float weight, std::span<float> sums) {
  std::size_t out = 0;
  for (const Cover& cover : columns) {
    for (int c = 0; c < channels; ++c, ++out) {
      float sum = 0;
      const int first = cover.first * channels + c;
      auto index = static_cast<std::size_t>(first);
      for (const float part : cover.weights) {
        sum += part * static_cast<float>(row[index]);
        index += static_cast<std::size_t>(channels);
      }
      sums[out] += weight * sum;
    }
  }
}

}  // namespace

template <class T>
Result<Image<T>> area_average(ImageView<const T> from, Size size, const Limits& limits) {
  LATENT_ENSURE(size.width <= from.width() && size.height <= from.height());
  LATENT_TRY(Image<T> to, Image<T>::create(size, from.channels(), limits));
  const std::vector<Cover> rows = covers(from.height(), size.height);
  const std::vector<Cover> columns = covers(from.width(), size.width);
  std::vector<float> sums(static_cast<std::size_t>(size.width) *
                          static_cast<std::size_t>(from.channels()));
  for (int y = 0; y < size.height; ++y) {
    std::ranges::fill(sums, 0.0F);
    const Cover& cover = rows[static_cast<std::size_t>(y)];
    int row = cover.first;
    for (const float weight : cover.weights) {
      average_row(from.row(row++), columns, from.channels(), weight, sums);
    }
    std::ranges::transform(sums, to.view().row(y).begin(),
                           [](float sum) { return static_cast<T>(std::lround(sum)); });
  }
  return to;
}

template Result<Image<std::uint8_t>> area_average(ImageView<const std::uint8_t>, Size,
                                                  const Limits&);
template Result<Image<std::uint16_t>> area_average(ImageView<const std::uint16_t>, Size,
                                                   const Limits&);

}  // namespace latent::read
