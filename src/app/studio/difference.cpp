// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/difference.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace latent::app {

Result<SharedPixels> difference_of(const SharedPixels& before, const SharedPixels& after,
                                   int gain) {
  constexpr int kMidGrey = 128;
  if (!before || !after || !(before->size() == after->size())) {
    return fail(ErrorCode::Internal, "before and after have different sizes");
  }
  LATENT_TRY(auto difference, Image<std::uint8_t>::create(after->size(), 3));
  for (int y = 0; y < after->height(); ++y) {
    const auto a = before->view().row(y);
    const auto b = after->view().row(y);
    const auto to = difference.view().row(y);
    for (std::size_t i = 0; i < to.size(); ++i) {
      const int value = kMidGrey + gain * (int{a[i]} - int{b[i]});
      to[i] = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
    }
  }
  return std::make_shared<const Image<std::uint8_t>>(std::move(difference));
}

}  // namespace latent::app
