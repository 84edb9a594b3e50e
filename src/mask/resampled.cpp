// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/resampled.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace latent::mask {

namespace {

/// The samples of a line that one sample of the result is made of.
struct Share {
  int first = 0;
  std::vector<float> weights;  ///< sum to 1
};

std::vector<Share> shares_of(int from, int to) {
  const double step = static_cast<double>(from) / to;
  const double reach = std::max(1.0, step);
  std::vector<Share> shares;
  for (int i = 0; i < to; ++i) {
    const double middle = (i + 0.5) * step - 0.5;
    const int first = static_cast<int>(std::ceil(middle - reach));
    const int last = static_cast<int>(std::floor(middle + reach));
    Share share;
    share.first = std::clamp(first, 0, from - 1);
    // What lies outside is left out where it shrinks, and the border's where it grows.
    share.weights.assign(static_cast<std::size_t>(std::clamp(last, 0, from - 1) - share.first + 1),
                         0.0F);
    double sum = 0;
    for (int k = first; k <= last; ++k) {
      if (step > 1 && (k < 0 || k >= from)) continue;
      const double weight = std::max(0.0, 1.0 - std::abs(k - middle) / reach);
      sum += weight;
      share.weights[static_cast<std::size_t>(std::clamp(k, 0, from - 1) - share.first)] +=
          static_cast<float>(weight);
    }
    for (float& weight : share.weights) weight /= static_cast<float>(sum);
    shares.push_back(std::move(share));
  }
  return shares;
}

template <class T>
Result<Image<float>> resampled_as(ImageView<const T> picture, Size size) {
  const auto across = shares_of(picture.width(), size.width);
  const auto down = shares_of(picture.height(), size.height);
  const auto channels = static_cast<std::size_t>(picture.channels());
  LATENT_TRY(auto result, Image<float>::create(size, picture.channels()));
  // Rows of the source, made narrow, as long as a row of the result may still need them.
  const auto line = static_cast<std::size_t>(size.width) * channels;
  std::vector<std::vector<float>> narrow(static_cast<std::size_t>(picture.height()));
  const auto narrow_row = [&](int y) -> const std::vector<float>& {
    auto& row = narrow[static_cast<std::size_t>(y)];
    if (!row.empty()) return row;
    row.assign(line, 0.0F);
    const auto from = picture.row(y);
    for (std::size_t x = 0; x < across.size(); ++x) {
      const Share& share = across[x];
      const T* sample = from.data() + static_cast<std::size_t>(share.first) * channels;
      for (const float weight : share.weights) {
        for (std::size_t c = 0; c < channels; ++c) {
          row[x * channels + c] += weight * static_cast<float>(*sample++);
        }
      }
    }
    return row;
  };
  int passed = 0;
  for (int y = 0; y < size.height; ++y) {
    const auto to = result.view().row(y);
    const Share& share = down[static_cast<std::size_t>(y)];
    for (; passed < share.first; ++passed) {
      std::vector<float>().swap(narrow[static_cast<std::size_t>(passed)]);
    }
    for (std::size_t i = 0; i < share.weights.size(); ++i) {
      const auto& from = narrow_row(share.first + static_cast<int>(i));
      for (std::size_t x = 0; x < to.size(); ++x) to[x] += share.weights[i] * from[x];
    }
  }
  return result;
}

}  // namespace

Result<Image<float>> resampled(ImageView<const float> picture, Size size) {
  return resampled_as(picture, size);
}

Result<Image<float>> resampled(ImageView<const std::uint8_t> picture, Size size) {
  return resampled_as(picture, size);
}

}  // namespace latent::mask
