// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "image/tensor.h"
#include "infer/tile_plan.h"

namespace latent::infer {

/// One row of tiles being put together: unshuffles and blends their answers, gives finished rows
/// away and keeps what the next row of tiles will be blended with.
///
/// The plan counts pixels of the frame; everything here that has to do with answers counts pixels
/// of the frame enlarged by the network's scale.
class Strip {
 public:
  /// The plan must outlive it.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<Strip> create(const TilePlan& plan,
                                            const models::NetworkSpec& network);

  /// Adds the answer of the tile (row, column), `tensor` of output_shape(). Rows of tiles come in
  /// order, columns in any.
  void add(int row, int column, ConstTensorView tensor);

  /// After all tiles of a row: hands the rows that no later tile touches to `take`, in pieces, then
  /// forgets them. Returns the first error of `take`.
  [[nodiscard]] Status finish_row(
      int row, const std::function<Status(int first_row, ImageView<const float>)>& take);

 private:
  const TilePlan* plan_ = nullptr;
  int unshuffle_ = 1;
  int planes_ = 1;
  int scale_ = 1;
  int top_ = 0;  ///< coordinate of the strip's first row
  Image<float> rows_;
  std::vector<std::vector<float>> weights_;  ///< of each column, over its [first, last)
};

/// Whether every sample is a number.
[[nodiscard]] bool all_finite(ConstTensorView tensor);

}  // namespace latent::infer
