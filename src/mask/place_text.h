// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "mask/prompts.h"

namespace latent::mask {

/// A click or a box as it is typed: numbers between commas, all of pixels, or all of percent of the
/// sides ("50%,40%").
struct TypedNumbers {
  std::vector<double> values;  ///< pixels, or shares of the sides
  bool shares = false;
};

/// `count`  of numbers: 2 of a click, 4 of a box (X,Y,W,H)
///
/// Errors   Usage  something else; the sentence says what is taken.
[[nodiscard]] Result<TypedNumbers> parse_places(std::string_view text, std::size_t count);

/// A click as shares of the picture's sides; the middle of the pixel that is named.
///
/// Errors   Usage  outside the picture; as parse_places().
[[nodiscard]] Result<Place> click_at(std::string_view text, Size picture);

/// A box in pixels of the picture, rounded outwards.
///
/// Errors   Usage  no area, or not inside the picture; as parse_places().
[[nodiscard]] Result<Rect> box_at(std::string_view text, Size picture);

/// The two corners of a box as shares of the picture's sides, not rounded.
///
/// Errors   as box_at().
[[nodiscard]] Result<std::array<Place, 2>> box_corners_at(std::string_view text, Size picture);

}  // namespace latent::mask
