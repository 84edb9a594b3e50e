// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/counts.h"

#include <utility>

namespace latent::tasks {

Result<CountsOfResidual> CountsOfResidual::create(const Mosaic& mosaic, const raw::Encoder& encoder,
                                                  const Rect& seen, const Rect& area,
                                                  const NoiseModel& noise) {
  constexpr double kAll = 1.0;  // what stays of the source is put back by who takes the rows
  LATENT_TRY(auto waiting, raw::WaitingRows::create(mosaic, encoder, seen, area, noise, kAll));
  LATENT_ENSURE(waiting || seen == area);
  return CountsOfResidual(raw::Unpacker(mosaic, encoder, seen.x, seen.width, kAll),
                          std::move(waiting), seen);
}

Status CountsOfResidual::add(int first_row, ImageView<const float> residual, const TakeRow& take) {
  for (int row = 0; row < residual.height(); ++row) {
    const int y = first_row + row;
    if (!waiting_) {
      unpacker_.row(seen_.y + y, residual.row(row), counts_);
      LATENT_CHECK(take(y, counts_));
      continue;
    }
    waiting_->add(unpacker_, y, residual.row(row));
    while (const auto finished = waiting_->take(unpacker_)) {
      LATENT_CHECK(take(finished->y, finished->counts));
    }
  }
  return {};
}

}  // namespace latent::tasks
