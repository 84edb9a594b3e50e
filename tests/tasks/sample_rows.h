// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "image/image.h"

namespace latent::tasks {

/// All samples of a view, row by row.
template <class T>
std::vector<std::remove_const_t<T>> samples_of(ImageView<T> view) {
  std::vector<std::remove_const_t<T>> samples;
  for (int y = 0; y < view.height(); ++y) {
    samples.insert(samples.end(), view.row(y).begin(), view.row(y).end());
  }
  return samples;
}

}  // namespace latent::tasks
