// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "base/result.h"
#include "image/image.h"

namespace latent {

/// A picture of its own of what a view shows, which may be part of another (ImageView::crop()).
///
/// Errors   TooLarge where memory is refused.
template <class T>
[[nodiscard]] Result<Image<T>> copy_of(ImageView<const T> shown) {
  LATENT_TRY(auto copy, Image<T>::create(shown.size(), shown.channels()));
  for (int y = 0; y < shown.height(); ++y) {
    std::ranges::copy(shown.row(y), copy.view().row(y).begin());
  }
  return copy;
}

}  // namespace latent
