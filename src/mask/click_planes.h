// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "mask/net_contract.h"
#include "mask/prompts.h"

// What a network of the architecture latent_clicks sees (docs/package-format.md). Training draws the
// same planes: training/latent_train/clicks/planes.py.
namespace latent::mask {

/// How many planes there are: red, green, blue, discs and surroundings of clicks on the object and
/// beside it, the box, the mask before, the answer of the built-in selector.
constexpr int kClickPlanes = 10;

/// A square of a picture, in its pixels; it may reach beyond the picture.
struct ClickCrop {
  int left = 0;
  int top = 0;
  int side = 1;
  friend bool operator==(const ClickCrop&, const ClickCrop&) = default;
};

/// A click, or a place on the line of a brush, in pixels of the picture: 0.5 is the middle of the
/// first one.
struct ClickPlace {
  double x = 0;
  double y = 0;
  bool on_object = true;
};

/// What is asked. Masks are of the picture's size, 0 or 1, and empty where there is none.
struct ClickQuestion {
  ImageView<const std::uint8_t> picture;  ///< [h, w, 3], encoded sRGB, 0..255
  std::span<const ClickPlace> places;
  std::optional<Prompt> box;
  ImageView<const std::uint8_t> before;    ///< the network's own mask before this prompt
  ImageView<const std::uint8_t> selector;  ///< what the built-in selector answers
};

/// Prompts as places: clicks as they are, the line of a brush as up to five; boxes are none.
[[nodiscard]] std::vector<ClickPlace> click_places(std::span<const Prompt> prompts, Size size);

/// The square around both masks and the places on the object, 1.6 times as large, at least 3/32 of
/// the longest side; the whole picture where it would be as large as that.
[[nodiscard]] ClickCrop click_crop(const ClickQuestion& question);

/// The planes in a square of `side` pixels.
///
/// Shapes   return [1, 10, side, side]
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<NetTensor> click_planes(const ClickQuestion& question, const ClickCrop& crop,
                                             int side);

/// What the network says of the square, as a mask of the picture; outside the square the selector's.
///
/// Shapes   logits [side, side]; return [h, w, 1], 0 or 1.
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<Image<std::uint8_t>> out_of_click_crop(ImageView<const float> logits,
                                                            const ClickCrop& crop,
                                                            ImageView<const std::uint8_t> selector);

}  // namespace latent::mask
