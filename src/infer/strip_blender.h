// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "image/tensor.h"
#include "infer/tile_plan.h"
#include "infer/tile_runner.h"

namespace latent::infer {

/// Puts the network's answers of one row of tiles together, and keeps what the next row of tiles
/// will be mixed with. Tiles come in the plan's order.
///
/// Threads  one.
class StripBlender {
 public:
  /// `unshuffle` k: the answer [1, planes * k^2, h / k, w / k] is put back to [h, w, planes].
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<StripBlender> create(const TilePlan& plan, int planes, int unshuffle);

  /// Adds one tile; after the last of its row, hands on the rows that no other tile will touch.
  ///
  /// Errors   what take_rows returned.
  [[nodiscard]] Status add(int row, int column, ConstTensorView answer, const TakeRows& take_rows);

  /// Inside take_rows.
  [[nodiscard]] double rows_seconds() const { return rows_seconds_; }

 private:
  StripBlender(const TilePlan& plan, int planes, int unshuffle);
  void blend(const TileSpan& down, const TileSpan& across, const Point& origin,
             const std::vector<float>& weights, ConstTensorView answer);
  Status finish_row(int row, const TakeRows& take_rows);

  const TilePlan* plan_;
  int planes_ = 1;
  int unshuffle_ = 1;
  std::vector<std::vector<float>> column_weights_;  ///< one vector for each column of tiles
  Image<float> strip_;  ///< its first row is rows()[row].first of the current row of tiles
  int strip_first_ = 0;
  double rows_seconds_ = 0;
};

}  // namespace latent::infer
