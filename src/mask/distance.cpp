// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/distance.h"

#include <algorithm>

namespace latent::mask {

namespace {

constexpr float kAcross = 1.4F;

/// Whether a neighbour of the pixel has the other label.
bool at_outline(ImageView<const std::uint8_t> labels, int x, int y) {
  const bool here = labels.at(x, y) != 0;
  if (x > 0 && (labels.at(x - 1, y) != 0) != here) return true;
  if (y > 0 && (labels.at(x, y - 1) != 0) != here) return true;
  if (x + 1 < labels.width() && (labels.at(x + 1, y) != 0) != here) return true;
  return y + 1 < labels.height() && (labels.at(x, y + 1) != 0) != here;
}

}  // namespace

Result<Image<float>> distance_to_outline(ImageView<const std::uint8_t> labels, float most) {
  LATENT_TRY(Image<float> distance, Image<float>::create(labels.size()));
  const auto d = distance.view();
  const int width = labels.width();
  const int height = labels.height();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      float least = at_outline(labels, x, y) ? 0.5F : most;
      if (x > 0) least = std::min(least, d.at(x - 1, y) + 1.0F);
      if (y > 0) {
        least = std::min(least, d.at(x, y - 1) + 1.0F);
        if (x > 0) least = std::min(least, d.at(x - 1, y - 1) + kAcross);
        if (x + 1 < width) least = std::min(least, d.at(x + 1, y - 1) + kAcross);
      }
      d.at(x, y) = std::min(most, least);
    }
  }
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x) {
      float least = d.at(x, y);
      if (x + 1 < width) least = std::min(least, d.at(x + 1, y) + 1.0F);
      if (y + 1 < height) {
        least = std::min(least, d.at(x, y + 1) + 1.0F);
        if (x > 0) least = std::min(least, d.at(x - 1, y + 1) + kAcross);
        if (x + 1 < width) least = std::min(least, d.at(x + 1, y + 1) + kAcross);
      }
      d.at(x, y) = least;
    }
  }
  return distance;
}

}  // namespace latent::mask
