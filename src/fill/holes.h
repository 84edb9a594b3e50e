// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace latent::fill {

/// Holes that lie close together, and the part of the picture that they are filled from.
struct HoleGroup {
  Rect bounds;   ///< of the pixels to be filled
  Rect context;  ///< around them: what is looked at
  std::int64_t pixels = 0;
};

/// Sorts the pixels to be filled into groups that can be filled one without the other.
class Holes {
 public:
  /// Shapes   mask [h, w, 1], not 0: to be filled.
  /// Errors   TooLarge where memory is refused.
  [[nodiscard]] static Result<Holes> of(ImageView<const std::uint8_t> mask);

  [[nodiscard]] const std::vector<HoleGroup>& groups() const { return groups_; }
  [[nodiscard]] std::int64_t pixels() const;

  /// Of the group's context: 1 in `hole` where the group is to be filled, 1 in `bar` where another
  /// one is. Both [context height, context width, 1], zero before.
  void split(ImageView<const std::uint8_t> mask, std::size_t group, ImageView<std::uint8_t> hole,
             ImageView<std::uint8_t> bar) const;

 private:
  Image<std::int32_t> cells_;  ///< of 16 x 16 pixels: 0 for none, else the number of the group + 1
  std::vector<HoleGroup> groups_;
};

/// How far each pixel is from the nearest that is set, in pixels, to `most` at most.
///
/// Shapes   mask [h, w, 1]; return [h, w, 1].
/// Source   Borgefors, 1986: a chamfer of 3 and 4.
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Result<Image<float>> distance_from(ImageView<const std::uint8_t> mask, float most);

/// Sets every pixel within `reach` pixels of one that is set.
///
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Status dilate(ImageView<std::uint8_t> mask, float reach);

/// As far as blur is looked for in a picture of that size: a 110th of its longer side, 12 to 60
/// pixels.
[[nodiscard]] int most_blur(Size picture);

/// Grows a mask as far as the blurred or hairy edge of its object reaches: at each part of the
/// outline to the distance at which the picture is as calm as further out, and has the colour that it
/// has there. 1 to `most` pixels.
///
/// Shapes   picture [h, w, 3], encoded; mask [h, w, 1]; return: the most that any part grew.
/// Errors   TooLarge where memory is refused.
[[nodiscard]] Result<float> grow_by_blur(ImageView<const float> picture,
                                         ImageView<std::uint8_t> mask, int most);

}  // namespace latent::fill
