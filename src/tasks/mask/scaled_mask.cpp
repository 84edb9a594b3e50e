// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/scaled_mask.h"

#include <algorithm>
#include <cmath>

#include "mask/resampled.h"

namespace latent::tasks {

bool same_aspect(Size one, Size other) {
  if (one.width < 1 || one.height < 1 || other.width < 1 || other.height < 1) return false;
  const bool one_is_smaller = one.area() <= other.area();
  const Size& small = one_is_smaller ? one : other;
  const Size& large = one_is_smaller ? other : one;
  const double width = static_cast<double>(large.width) * small.height / large.height;
  const double height = static_cast<double>(large.height) * small.width / large.width;
  return std::abs(width - small.width) <= 1 || std::abs(height - small.height) <= 1;
}

Result<SoftMask> scaled_mask(ImageView<const float> mask, Size size) {
  LATENT_TRY(auto scaled, mask::resampled(mask, size));
  for (int y = 0; y < size.height; ++y) {
    for (float& value : scaled.view().row(y)) value = std::clamp(value, 0.0F, 1.0F);
  }
  return scaled;
}

Result<SoftMask> turned_back(ImageView<const float> mask, Orientation orientation) {
  const bool swaps = orientation >= 5;
  const Size size = swaps ? Size{mask.height(), mask.width()} : mask.size();
  LATENT_TRY(auto back, Image<float>::create(size));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int right = size.width - 1 - x;
      const int bottom = size.height - 1 - y;
      Point at{x, y};
      if (orientation == 2) at = {right, y};
      if (orientation == 3) at = {right, bottom};
      if (orientation == 4) at = {x, bottom};
      if (orientation == 5) at = {y, x};
      if (orientation == 6) at = {bottom, x};
      if (orientation == 7) at = {bottom, right};
      if (orientation == 8) at = {y, right};
      back.view().at(x, y) = mask.at(at.x, at.y);
    }
  }
  return back;
}

}  // namespace latent::tasks
