// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/mosaic.h"
#include "image/tensor.h"
#include "raw/encode.h"

namespace latent::raw {

/// Planes that a CFA network of the kind latent_cfa_v1 sees: u, sigma_u, is red, is green, is blue.
inline constexpr int kCfaPlanes = 5;
/// Each plane is dealt out to 2x2 planes of half the size.
inline constexpr int kCfaUnshuffle = 2;

/// Fills the network's input for one tile of the frame (the active area), which may reach beyond
/// it: there samples and colours are mirrored together (mirror_index()), so that a mirrored red
/// site is still red.
///
/// Shapes   planes [1, 20, tile.height / 2, tile.width / 2]; channel = plane * 4 + dy * 2 + dx.
/// Units    u as SiteCode says; colour planes 0 or 1; a mono sensor is all green.
/// Errors   Internal  another shape, or an odd tile side or origin.
/// Threads  pure function.
[[nodiscard]] Status pack(const Mosaic& mosaic, const Encoder& encoder, const Rect& tile,
                          TensorView planes);

/// Planes that a demosaicing network of the kind latent_demosaic_v1 sees: those of a CFA network,
/// and the three colours of the start (ColourStart).
inline constexpr int kColourPlanes = 8;

/// As pack(), for a demosaicing network.
///
/// Shapes   planes [1, 32, tile.height / 2, tile.width / 2].
/// Errors   as pack().
[[nodiscard]] Status pack_colours(const Mosaic& mosaic, const Encoder& encoder, const Rect& tile,
                                  TensorView planes);

}  // namespace latent::raw
