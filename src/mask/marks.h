// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "mask/prompts.h"
#include "mask/proposals.h"
#include "mask/superpixels.h"

namespace latent::mask {

/// A prompt as the superpixels that it covers.
[[nodiscard]] Mark mark_of(const Prompt& prompt, const Scene& scene, const Superpixels& pieces);

/// The regions whose middle lies outside a box.
[[nodiscard]] Labels outside_box(const Prompt& box, const Scene& scene);

/// Gives the pixels under a stroke, or the one under a click, the label that was asked for, whatever
/// the selector thinks of them. A box paints nothing.
void paint(const Prompt& prompt, ImageView<std::uint8_t> mask);

/// Gives the pixels under a stroke its value in a soft mask, and those on its rim their part of it.
/// Clicks and boxes paint nothing.
///
/// Shapes   mask [h, w, 1], 0 to 1; of any size.
void paint_softly(const Prompt& prompt, ImageView<float> mask);

/// Where a place lies in a picture of `size`.
[[nodiscard]] Point pixel_of(const Place& place, Size size);

/// Points that stand for a stroke where only points are understood: one for each brush's width of its
/// line, evenly along it, and no more than `most`.
[[nodiscard]] std::vector<Place> points_along(const Prompt& stroke, Size size, std::size_t most);

/// How far a pixel is from the line of a stroke, pixels.
[[nodiscard]] double distance_to_line(const Prompt& prompt, Size size, double x, double y);

}  // namespace latent::mask
