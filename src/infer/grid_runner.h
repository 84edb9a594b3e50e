// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "base/run_control.h"
#include "image/tensor.h"
#include "infer/engine.h"
#include "infer/tile_runner.h"

namespace latent::infer {

/// Fills the input of tile `index`.
using PackNth = std::function<Status(int index, TensorView planes)>;
/// Takes a tile that went through the network, with what went in.
using TakeNth = std::function<Status(int index, ConstTensorView input, ConstTensorView output)>;

/// Runs tiles 0 .. count - 1 through a session, one after the other, and hands each on whole: for
/// arithmetic that looks at a tile before it is blended (darktable's), and for measuring. The next
/// tile is packed while one is computed. run_tiles() blends and is faster.
///
/// A session that fails or gives a number that is not finite is replaced by `options.fallback` and
/// the tile repeated, as in run_tiles().
///
/// Threads  callbacks run on the calling thread, in the order of the tiles.
/// Errors   as run_tiles().
[[nodiscard]] Result<TileRunStats> run_grid(int count, Session& session, const PackNth& pack,
                                            const TakeNth& take, const RunControl& control,
                                            const TileRunOptions& options = {});

}  // namespace latent::infer
