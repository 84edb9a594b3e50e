// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"
#include "image/tensor.h"
#include "infer/engine.h"
#include "infer/tile_plan.h"

namespace latent::infer {

/// Fills the network's input for one tile.
///
/// Shapes   input_in_frame is the tile in frame coordinates and may reach beyond the frame;
///          planes [1, channels, height / unshuffle, width / unshuffle], not initialised.
/// Threads  one thread, not the one that calls run_tiles(); tiles in order.
using PackTile = std::function<Status(const Rect& input_in_frame, TensorView planes)>;

/// Takes finished rows of the network's answer.
///
/// Shapes   first_row counts from the top of the region enlarged by the network's scale (1 but for
///          upscaling); rows [n, region width * scale, planes], valid during the call only.
/// Units    as the network gives them, before anything is added.
/// Threads  one thread, the one that calls run_tiles(); strictly top to bottom, each row once.
using TakeRows = std::function<Status(int first_row, ImageView<const float> rows)>;

struct TileRunOptions {
  int tiles_in_flight = 3;  ///< packed, running or being blended at the same time; 2 or more
  /// Makes the session that takes over when the first one fails or gives a number that is not
  /// finite: float32 on the processor, of the same shape. The tile is repeated there and so are all
  /// after it.
  std::function<Result<std::unique_ptr<Session>>()> fallback;
  double first_tile_seconds = 0;  ///< that the first tile may take; 0: no limit
};

/// Where the time went. The stages overlap, so they sum to more than `wall_seconds`.
struct TileRunStats {
  int tiles = 0;
  double redundancy = 1;
  double pack_seconds = 0;
  double infer_seconds = 0;  ///< during which at least one request was under way
  double blend_seconds = 0;  ///< unshuffling and blending
  double rows_seconds = 0;   ///< inside TakeRows
  double first_tile_seconds = 0;
  double wall_seconds = 0;
  std::string notice;  ///< one sentence where the fallback took over
};

/// Runs a network over all tiles of a plan in a bounded pipeline: one thread packs, the session
/// infers, the calling thread blends and hands the rows on. Memory is bounded by the tiles in
/// flight and one row of tiles, not by the frame.
///
/// Progress is the fraction of finished pixels. A stop request ends the running inference too.
///
/// Errors   Cancelled  a stop was asked for.
///          Device     the session failed or gave a number that is not finite, and there is no
///                     fallback or it did the same; or the first tile took too long.
///          whatever a callback returned, the first one; what one threw as run_safely() puts it.
[[nodiscard]] Result<TileRunStats> run_tiles(const TilePlan& plan,
                                             const models::NetworkSpec& network, Session& session,
                                             const PackTile& pack, const TakeRows& take_rows,
                                             const RunControl& control,
                                             const TileRunOptions& options = {});

}  // namespace latent::infer
