// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "raw/encode.h"
#include "raw/unpack.h"
#include "raw/waiting_rows.h"

namespace latent::tasks {

/// From rows of our network's residual to clean sensor counts: takes the residual off the source
/// and keeps the coarse means of the source (raw::WaitingRows).
class CountsOfResidual {
 public:
  using TakeRow = std::function<Status(int row_of_area, std::span<const float> counts)>;

  /// `seen`: of the frame, around `area`, whose residual comes in; the same where the encoder does
  /// not make rows wait. The mosaic must outlive it.
  ///
  /// Errors   as raw::WaitingRows::create().
  [[nodiscard]] static Result<CountsOfResidual> create(const Mosaic& mosaic,
                                                       const raw::Encoder& encoder,
                                                       const Rect& seen, const Rect& area,
                                                       const NoiseModel& noise);

  /// Rows of residual, [n, width of `seen`, 1], `first_row` counted from its top; hands on those
  /// rows of the area that are finished.
  ///
  /// Errors   those of `take`.
  [[nodiscard]] Status add(int first_row, ImageView<const float> residual, const TakeRow& take);

 private:
  CountsOfResidual(raw::Unpacker unpacker, std::optional<raw::WaitingRows> waiting,
                   const Rect& seen)
      : unpacker_(std::move(unpacker)),
        waiting_(std::move(waiting)),
        seen_(seen),
        counts_(static_cast<std::size_t>(seen.width)) {}

  raw::Unpacker unpacker_;
  std::optional<raw::WaitingRows> waiting_;
  Rect seen_;
  std::vector<float> counts_;
};

}  // namespace latent::tasks
