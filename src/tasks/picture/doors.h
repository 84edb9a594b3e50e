// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "image/tensor.h"
#include "rgb/gamut_guard.h"
#include "tasks/picture/source.h"

namespace latent::tasks {

/// How a finished picture goes through a network that gives a picture and not a residual, as those
/// of packages made for darktable do.
struct PictureDoors {
  bool on = false;     ///< the network is such a one
  bool boost = false;  ///< dark pictures: the root of the light before, the square after
};

/// Fills r, g, b of a tile, bent into the range of the network.
///
/// Shapes   planes [1, 3, h, w].
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Status pack_picture(const PictureSource& source, const rgb::GamutGuard& guard,
                                  WideGamut gamut, bool boost, const Rect& tile, TensorView planes);

/// Turns answers in place into what they take away from the bent source: so that from here on they
/// go the way of every residual.
///
/// Shapes   bent and answer: `count` samples.
void become_residual(const float* bent, float* answer, bool boost, std::size_t count);

}  // namespace latent::tasks
