// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"
#include "mask/decoder.h"
#include "mask/prompts.h"

// What darktable does around a network for masks: between two passes, and after the last.
namespace latent::mask {

/// The points that darktable adds to the user's by itself after a first pass: one on the object where
/// the mask is thickest (more than 4 pixels from its outline, 8 or more from every click on the
/// object), and for networks that take boxes the corners of one around the mask, wider by a
/// twentieth of its sides and a pixel. Empty where the user has drawn a box, and of an empty mask.
///
/// Shapes   probability [h, w, 1] of the frame's photograph.
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Result<std::vector<NetPoint>> darktable_points(ImageView<const float> probability,
                                                             std::span<const Prompt> prompts,
                                                             const NetContract& contract,
                                                             const NetFrame& frame);

/// What darktable makes of a network's answer: of what is above one half the piece with the last
/// click on the object in it, else the largest; and its edge by dense_crf() at darktable's own
/// settings.
///
/// Shapes   probability [h, w, 1]; picture [h, w, 3], 0..255. Return [h, w, 1].
/// Errors   TooLarge  memory is refused; Cancelled.
[[nodiscard]] Result<SoftMask> darktable_mask(SoftMask probability, std::span<const Prompt> prompts,
                                              ImageView<const std::uint8_t> picture,
                                              const RunControl& control);

}  // namespace latent::mask
