// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "base/result.h"
#include "image/geometry.h"
#include "rgb/noise_level.h"

namespace latent::rgb {

/// Whether what looks like noise in the flattest places is the texture of a surface: two looks that
/// no level of noise depends on.
struct TextureLook {
  /// 0: nothing speaks for texture; 1: it is texture.
  double doubt = 0;
  /// Of each channel the share of that noise (of its sigma) that the other channels do not have:
  /// texture is alike in all of them, and so it is at least what is left without it.
  std::array<float, 3> apart{1, 1, 1};
};

/// Looks at the flattest windows of 32x32 pixels, band-passed.
///
///   - Regular: cloth and weaves repeat, noise does not. The autocorrelation at 7 to 15 px, mean of
///     all windows, is at most 0.3 of noise, however a camera smoothed it, and 0.7 and more of weaves.
///   - Relief: shades of a surface are in proportion to its colour and alike in red, green and blue.
///     Noise that is alike in all three, since a camera smoothed its colour away, is as strong in
///     each of them, whatever the colour. Grey surfaces do not tell.
///
/// `relief`  whether to look for it: a toned picture (OneHue) shows all in one colour, noise too.
/// Errors   TooLarge  where memory is refused.
/// Threads  calls `read` from `threads` threads at once; the result does not depend on how many.
[[nodiscard]] Result<TextureLook> look_for_texture(Size picture, const ReadArea& read, bool relief,
                                                   int threads);

}  // namespace latent::rgb
