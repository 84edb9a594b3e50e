// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace latent::raw {

/// Catmull and Rom's weights of four samples, `t` of the way from the second to the third.
template <class T>
[[nodiscard]] constexpr std::array<T, 4> cubic_weights(T t) {
  constexpr T kHalf = T(1) / 2;
  return {t * (-kHalf + t * (1 - kHalf * t)), 1 + t * t * (-5 * kHalf + 3 * kHalf * t),
          t * (kHalf + t * (2 - 3 * kHalf * t)), t * t * (-kHalf + kHalf * t)};
}

}  // namespace latent::raw
