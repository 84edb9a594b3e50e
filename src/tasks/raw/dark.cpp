// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/dark.h"

#include <algorithm>

namespace latent::tasks {

bool is_clipped_at_black(const Mosaic& mosaic) {
  constexpr double kShare = 0.1;
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  std::int64_t smallest = 0;
  for (int y = 0; y < frame.height(); ++y) {
    smallest += std::ranges::count(frame.row(y), mosaic.sample_min);
  }
  return static_cast<double>(smallest) > kShare * static_cast<double>(mosaic.active.size().area());
}

}  // namespace latent::tasks
