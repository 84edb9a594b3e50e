// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/residual_run.h"

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "tasks/picture/planes.h"

namespace latent::tasks {

namespace {

/// What is told to the network stays in the range that it was trained in.
rgb::NoiseLevel within(const rgb::NoiseLevel& level, double most) {
  rgb::NoiseLevel result = level;
  for (auto& channel : result.sigma) {
    for (float& sigma : channel) sigma = std::min(sigma, static_cast<float>(most));
  }
  return result;
}

}  // namespace

rgb::GamutGuard guard_of(const models::NetworkSpec& network) {
  rgb::GamutGuard guard;
  guard.low = static_cast<float>(network.limits.value_min);
  guard.high = static_cast<float>(network.limits.value_max);
  return guard;
}

Result<ResidualRun> ResidualRun::create(const PictureSource& source, const rgb::NoiseLevel& level,
                                        const models::NetworkSpec& network, const Rect& area,
                                        const Ways& ways) {
  LATENT_TRY(auto plan, infer::TilePlan::create(network, source.size(), area, ways.tiles));
  ResidualRun run(source, network, std::move(plan), ways);
  run.level_ = within(rgb::told_level(level), network.limits.level_max);
  run.guard_ = guard_of(network);
  return run;
}

Status ResidualRun::pack(const Rect& tile, TensorView planes) const {
  if (ways_.doors.on) {
    return pack_picture(*source_, guard_, ways_.gamut, ways_.doors.boost, tile, planes);
  }
  const PlanesOfTile what{*source_, guard_, ways_.gamut, network_->input.unshuffle};
  return pack_rgb_levels(what, level_, tile, planes);
}

/// Where the network gives the picture itself, what it took away is what is left of the source.
Result<ImageView<const float>> ResidualRun::residual_of(int first_row,
                                                        ImageView<const float> answer) {
  if (residual_.height() < answer.height() || residual_.width() != answer.width()) {
    LATENT_TRY(residual_, Image<float>::create(answer.size(), 3));
  }
  LATENT_TRY(auto bent, Image<float>::create(answer.size(), 3));
  const Rect& area = plan_.region();
  const auto become_residuals = [&](int first, int last) {
    const int rows = last - first;
    const auto seen = bent.view().crop({0, first, answer.width(), rows});
    source_->encoded_rgb({area.x, area.y + first_row + first, area.width, rows}, ways_.gamut, seen);
    for (int y = 0; y < rows; ++y) {
      const auto row = seen.row(y);
      const auto out = residual_.view().row(first + y);
      guard_.bend(row.data(), row.data(), row.size());
      std::ranges::copy(answer.row(first + y), out.begin());
      become_residual(row.data(), out.data(), ways_.doors.boost, row.size());
    }
  };
  LATENT_CHECK(for_row_parts(answer.height(), ways_.threads, become_residuals));
  return std::as_const(residual_).view().crop({0, 0, answer.width(), answer.height()});
}

Status ResidualRun::run(NetworkSession& network, const TakeResidual& take,
                        const RunControl& control, TaskReport& report) {
  Image<float> averaged;
  const auto take_rows = [&](int first_row, ImageView<const float> residual) -> Status {
    if (ways_.doors.on) {
      LATENT_TRY(residual, residual_of(first_row, residual));
    }
    if (source_->colours() == 1) {
      LATENT_CHECK(averaged_over_channels(residual, averaged));
      residual = std::as_const(averaged).view().crop({0, 0, residual.width(), residual.height()});
    }
    return take(residual);
  };
  return network.run(
      plan_, [this](const Rect& tile, TensorView planes) { return pack(tile, planes); }, take_rows,
      control, report);
}

}  // namespace latent::tasks
