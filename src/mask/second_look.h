// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "mask/prompts.h"

// What is asked a second time: prompts made of a first answer, and crops around small objects.
namespace latent::mask {

/// A click where what was found is thickest: more than 4 pixels from its outline, and 8 or more from
/// every click on the object. Empty where there is no such place, or a box says how far it goes.
///
/// Shapes   mask [h, w, 1], 0 or 1.
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<std::vector<Prompt>> second_prompts(ImageView<const std::uint8_t> mask,
                                                         std::span<const Prompt> prompts);

/// Where an object that is small in the frame is looked for again: three times its sides, in pixels
/// of the photograph; nothing where it is not small (a quarter of the longest side at most), where a
/// prompt on the object lies outside, or where the crop would not show it larger.
[[nodiscard]] std::optional<Rect> crop_around(ImageView<const std::uint8_t> mask,
                                              std::span<const Prompt> prompts, Size photograph);

/// Whether a crop that was encoded serves for one that is wanted: it holds it, and is not much
/// larger.
[[nodiscard]] bool holds(const Rect& kept, const Rect& wanted);

/// Prompts in the places of a crop; those outside, all of which are off the object, are left out,
/// boxes cut.
[[nodiscard]] ObjectPrompts in_crop(const ObjectPrompts& object, const Rect& crop, Size photograph);

/// A mask of part of a photograph.
struct PartMask {
  Rect area;  ///< of the photograph
  Image<std::uint8_t> mask;
};

/// Whether it is the same object that was found in the crop: IoU of one half or more.
[[nodiscard]] bool agrees(const PartMask& part, ImageView<const std::uint8_t> mask,
                          Size photograph);

}  // namespace latent::mask
