// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"

namespace latent::mask {

/// The picture as the built-in selector sees it: small, and in units that suit the eye.
///
/// Shapes   lab [h, w, 3]: CIE L*, a*, b* (D65), L 0..100. texture [h, w, 2]: mean strength of the
///          L* gradient in windows of about 1/200 and 1/70 of the longest side, in L* a pixel.
///          gradient [h, w, 1]: strength of the colour gradient, Lab units a pixel.
struct WorkingPicture {
  Image<float> lab;
  Image<float> texture;
  Image<float> gradient;
};

/// Reduces a picture by area averaging so that its longest side is at most `longest_side`, and
/// measures it. A picture that is smaller stays as it is.
///
/// Shapes   picture [h, w, 3], encoded sRGB, 0..255.
/// Errors   TooLarge where memory is refused.
/// Threads  pure function.
[[nodiscard]] Result<WorkingPicture> working_picture(ImageView<const std::uint8_t> picture,
                                                     int longest_side);

/// The size that working_picture() gives. Both sides at least 1.
[[nodiscard]] Size working_size(Size full, int longest_side);

/// Mean of each sample over a square window of 2 * radius + 1 pixels, smaller at the borders.
[[nodiscard]] Result<Image<float>> box_mean(ImageView<const float> source, int radius);

}  // namespace latent::mask
