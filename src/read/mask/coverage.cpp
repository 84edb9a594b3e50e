// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/mask/coverage.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <variant>

namespace latent::read {

namespace {

/// The mean of the first `colours` channels, from 0 to 1.
template <class T>
Result<Image<float>> mean_of(ImageView<const T> samples, int colours) {
  LATENT_TRY(auto mask, Image<float>::create(samples.size()));
  const float most =
      std::is_floating_point_v<T> ? 1.0F : static_cast<float>(std::numeric_limits<T>::max());
  const float scale = 1.0F / (most * static_cast<float>(colours));
  for (int y = 0; y < samples.height(); ++y) {
    const auto in = samples.row(y);
    const auto out = mask.view().row(y);
    for (std::size_t x = 0; x < out.size(); ++x) {
      const std::size_t first = x * static_cast<std::size_t>(samples.channels());
      float sum = 0;
      for (std::size_t c = 0; c < static_cast<std::size_t>(colours); ++c) {
        sum += static_cast<float>(in[first + c]);
      }
      const float value = sum * scale;
      out[x] = value > 0 ? std::min(value, 1.0F) : 0.0F;  // so that NaN becomes 0
    }
  }
  return mask;
}

}  // namespace

Result<Image<float>> coverage_of(const Picture& picture) {
  return std::visit([&](const auto& image) { return mean_of(image.view(), picture.colours); },
                    picture.samples);
}

Result<Image<float>> coverage_of(ImageView<const float> samples) {
  return mean_of(samples, samples.channels());
}

}  // namespace latent::read
