// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/image.h"
#include "mask/net_contract.h"
#include "mask/prompts.h"

namespace latent::mask {

/// How a photograph lies in a network's square.
struct NetFrame {
  Size photograph;
  int side = 1024;
  Size filled;  ///< of the square, top left
  NetCompat compat = NetCompat::None;

  /// A place as the network counts: 0, 0 is the middle of the first pixel.
  [[nodiscard]] Place in_square(const Place& place) const;
};

[[nodiscard]] NetFrame net_frame(const NetContract& contract, Size photograph);

/// A photograph as the network wants it: [1, 3, side, side], normalised, padding 0.
///
/// Our own arithmetic smooths where the photograph is reduced. darktable's takes the four samples
/// around each place: of 5.6 at x / scale, of 5.8 with the middles of pixels on one another.
///
/// Shapes   picture [h, w, 3], encoded sRGB, 0..255.
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<NetTensor> net_picture(const NetContract& contract, const NetFrame& frame,
                                            ImageView<const std::uint8_t> picture);

/// A network's square, or the part of it that is filled, on the photograph at `size`.
///
/// Our own arithmetic and that of 5.8 lie middles of pixels on one another; 5.6 lays the first and
/// last on one another, and both of darktable lead it along differences of brightness.
///
/// Shapes   square [s, s]: any side; picture [h, w, 3] of `size`, looked at for darktable's only.
///          Return [size.height, size.width, 1].
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<Image<float>> out_of_square(const NetContract& contract, const NetFrame& frame,
                                                 ImageView<const float> square, Size size,
                                                 ImageView<const std::uint8_t> picture);

/// A mask of the photograph in a square of `side`: what goes back into a network. Padding is
/// `outside`.
///
/// Shapes   mask [h, w, 1], any size; return [side, side, 1].
[[nodiscard]] Result<Image<float>> into_square(const NetFrame& frame, ImageView<const float> mask,
                                               int side, float outside);

}  // namespace latent::mask
