// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/waiting_rows.h"

#include <algorithm>
#include <utility>

namespace latent::raw {

namespace {

/// A row waits until kReach more rows of cells have come, and half a one until the next middle.
constexpr int kMostRows = (MeanKeeper::kReach + 2) * MeanKeeper::kCell;

}  // namespace

WaitingRows::WaitingRows(const Mosaic& mosaic, const Rect& seen, const Rect& area,
                         const NoiseModel& noise, Image<float> rows)
    : seen_(seen), area_(area), means_(mosaic, seen, noise), rows_(std::move(rows)) {}

Result<std::optional<WaitingRows>> WaitingRows::create(const Mosaic& mosaic, const Encoder& encoder,
                                                       const Rect& seen, const Rect& area,
                                                       const NoiseModel& noise, double strength) {
  if (strength == 0.0 || encoder.highlights(0, 0) == nullptr) return std::nullopt;
  LATENT_TRY(Image<float> rows,
             Image<float>::create({seen.width, std::min(seen.height, kMostRows)}));
  return WaitingRows(mosaic, seen, area, noise, std::move(rows));
}

void WaitingRows::add(const Unpacker& unpacker, int y, std::span<const float> residual) {
  const std::span<float> row = rows_.view().row(y % rows_.height());
  unpacker.decode(seen_.y + y, residual, row);
  means_.add_row(y, row);
}

std::optional<WaitingRows::Row> WaitingRows::take(const Unpacker& unpacker) {
  const int y = area_.y - seen_.y + next_;
  if (next_ == area_.height || y >= means_.ready()) return std::nullopt;
  const std::span<float> row = rows_.view().row(y % rows_.height());
  means_.correct_row(y, row);
  unpacker.finish(seen_.y + y, row);
  const auto left = static_cast<std::size_t>(area_.x - seen_.x);
  return Row{next_++, row.subspan(left, static_cast<std::size_t>(area_.width))};
}

}  // namespace latent::raw
