// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "image/geometry.h"
#include "rgb/noise_level.h"

namespace latent::rgb {

/// The curve on which all colours of a toned picture lie (sepia, cyanotype, duotone): colour as a
/// function of brightness, the mean of the three channels, in the working encoding.
///
/// A network that was taught on colour finds colour noise in the grain of such a picture and gives
/// it spots of other hues. What is taken from it is therefore led along the curve.
///
/// Threads  const functions from any thread.
class OneHue {
 public:
  /// The curve of a picture whose colours lie on one: nearly all of them within 3 of 255, none far
  /// away. Nothing of a picture of many colours, which is known after some of its rows.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<std::optional<OneHue>> find(Size picture, const ReadArea& read);

  /// Makes what is to be taken from pixels one that changes their brightness alone, by its mean:
  /// the colour follows the curve. Pixels beside the curve stay as far beside it.
  ///
  /// Shapes   `pixels` and `taken` hold `count` times r, g, b.
  void lead(const float* pixels, float* taken, std::size_t count) const;

  /// Puts pixels on the curve by their brightness.
  void put(float* pixels, std::size_t count) const;

 private:
  static constexpr std::size_t kNodes = 513;
  using Curve = std::array<float, kNodes>;  ///< channel less brightness

  OneHue() = default;
  [[nodiscard]] static float at(const Curve& curve, float brightness);
  [[nodiscard]] float distance(const float* pixel) const;

  std::array<Curve, 3> curves_{};
  friend class HueSearch;
};

}  // namespace latent::rgb
