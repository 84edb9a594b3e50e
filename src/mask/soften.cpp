// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/soften.h"

#include <algorithm>
#include <cmath>

#include "mask/working_picture.h"

namespace latent::mask {

namespace {

/// Three box means one after the other: nearly a Gaussian of the deviation `sigma`, pixels.
Status blur(SoftMask& mask, double sigma) {
  const int radius = std::max(
      1, static_cast<int>(std::lround(0.5 * (std::sqrt(4.0 * sigma * sigma + 1.0) - 1.0))));
  for (int round = 0; round < 3; ++round) {
    LATENT_TRY(mask, box_mean(mask.view(), radius));
  }
  return {};
}

template <class Change>
void change_all(ImageView<float> mask, const Change& change) {
  for (int y = 0; y < mask.height(); ++y) {
    for (float& value : mask.row(y)) value = change(value);
  }
}

}  // namespace

Status set_threshold(ImageView<float> mask, double threshold) {
  if (threshold == 0.5) return {};
  const auto t = static_cast<float>(threshold);
  change_all(mask, [t](float value) {
    return value < t ? 0.5F * value / t : 0.5F + 0.5F * (value - t) / (1.0F - t);
  });
  return {};
}

Status smooth_outline(SoftMask& mask, double radius) {
  if (radius <= 0) return {};
  LATENT_CHECK(blur(mask, 0.5 * radius));
  // A straight edge is as steep as one over two pixels again.
  const auto gain = static_cast<float>(std::max(1.0, 0.5 * radius * 1.25));
  change_all(mask.view(),
             [gain](float value) { return std::clamp((value - 0.5F) * gain + 0.5F, 0.0F, 1.0F); });
  return {};
}

Status soften_edge(SoftMask& mask, double width) {
  if (width <= 0) return {};
  constexpr double kDeviations = 4.0;  // from about 0.02 to 0.98
  return blur(mask, width / kDeviations);
}

}  // namespace latent::mask
