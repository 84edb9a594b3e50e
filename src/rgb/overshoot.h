// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/geometry.h"
#include "image/image.h"

namespace latent::rgb {

/// Source pixels on each side that bound_overshoot() looks at.
inline constexpr int kOvershootReach = 2;

/// Holds an enlargement within reach of its source, so that no second line appears beside a stroke:
/// every sample stays between the smallest and the largest of the 3 x 3 source samples around,
/// extended by a margin on both sides. The margin is 4/255, plus a share of the range of those nine.
/// The share is 0.5 in photographs, where the true edge does lie beyond a reduced one, and falls to
/// 0.02 where the 5 x 5 samples around mostly are exactly the smallest or the largest of them, as
/// in text, line art and screenshots. Each colour by itself. Chosen by PSNR on set5 and set14 and by
/// drawn strokes (docs/quality.md, "Hard edges").
///
/// Shapes   source [area.height, area.width, c] is the part `area` of the picture, which reaches
///          kOvershootReach pixels beyond what `enlarged` stands on, or to the picture's border;
///          enlarged [n, m, c] begins at (left, top) of the enlarged picture.
/// Units    the working encoding: sRGB's curve, 0..1 and beyond.
/// Threads  any, on different rows.
void bound_overshoot(ImageView<const float> source, const Rect& area, int scale, int left, int top,
                     ImageView<float> enlarged);

}  // namespace latent::rgb
