// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/denoise_run.h"

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "tasks/picture/planes.h"

namespace latent::tasks {

namespace {

/// Rows between what comes from the network and what goes on to the writer.
constexpr int kPieceRows = 128;

bool takes_all(const rgb::Mix& mix) { return mix.luma == 1.0 && mix.chroma == 1.0; }

rgb::Mix mix_of(const DenoiseSettings& settings) {
  return {settings.effective_luma(), settings.effective_chroma(),
          settings.detail != Detail::None && settings.effective_luma() < 1.0};
}

/// What is told to the network stays in the range that it was trained in.
rgb::NoiseLevel within(const rgb::NoiseLevel& level, double most) {
  rgb::NoiseLevel result = level;
  for (auto& channel : result.sigma) {
    for (float& sigma : channel) sigma = std::min(sigma, static_cast<float>(most));
  }
  return result;
}

}  // namespace

Rect network_region(Size picture, const Rect& region, const DenoiseSettings& settings) {
  const Rect whole{0, 0, picture.width, picture.height};
  if (!mix_of(settings).recover) return region;
  if (settings.detail == Detail::Darktable) return whole;
  constexpr int kReach = rgb::kDetailReach;
  return whole.intersection({region.x - kReach, region.y - kReach, region.width + 2 * kReach,
                             region.height + 2 * kReach});
}

Result<DenoiseRun> DenoiseRun::create(const PictureSource& source, const rgb::NoiseLevel& level,
                                      const models::NetworkSpec& network, const Rect& region,
                                      const DenoiseSettings& settings,
                                      const infer::TileOptions& tiles,
                                      const DarktableDoors& doors) {
  const Rect area = network_region(source.size(), region, settings);
  LATENT_TRY(auto plan, infer::TilePlan::create(network, source.size(), area, tiles));
  DenoiseRun run(source, network, std::move(plan));
  run.level_ = within(rgb::told_level(level), network.limits.level_max);
  run.guard_.low = static_cast<float>(network.limits.value_min);
  run.guard_.high = static_cast<float>(network.limits.value_max);
  run.mix_ = mix_of(settings);
  run.region_ = region;
  run.gamut_ = settings.wide_gamut;
  run.doors_ = doors;
  run.threads_ = threads_or_all(settings.threads);
  run.darktable_ = run.mix_.recover && settings.detail == Detail::Darktable;
  if (run.darktable_) {
    LATENT_TRY(run.kept_, Image<float>::create(area.size(), 3));
  } else if (!takes_all(run.mix_)) {
    LATENT_TRY(run.filter_,
               rgb::DetailFilter::create(area.size(), run.mix_,
                                         rgb::thresholds_of(level, run.mix_.luma), run.threads_));
  }
  return run;
}

Status DenoiseRun::pack(const Rect& tile, TensorView planes) const {
  if (doors_.on) return pack_for_darktable(*source_, guard_, gamut_, doors_.boost, tile, planes);
  const PlanesOfTile what{*source_, guard_, gamut_, network_->input.unshuffle};
  return pack_rgb_levels(what, level_, tile, planes);
}

/// A network made for darktable gives the picture itself; what it took away is what is left of the
/// source.
Result<ImageView<const float>> DenoiseRun::residual_of(int first_row,
                                                       ImageView<const float> answer) {
  if (residual_.height() < answer.height() || residual_.width() != answer.width()) {
    LATENT_TRY(residual_, Image<float>::create(answer.size(), 3));
  }
  LATENT_TRY(auto bent, Image<float>::create(answer.size(), 3));
  const Rect& area = plan_.region();
  const auto become_residuals = [&](int first, int last) {
    const int rows = last - first;
    const auto seen = bent.view().crop({0, first, answer.width(), rows});
    source_->encoded_rgb({area.x, area.y + first_row + first, area.width, rows}, gamut_, seen);
    for (int y = 0; y < rows; ++y) {
      const auto row = seen.row(y);
      const auto out = residual_.view().row(first + y);
      guard_.bend(row.data(), row.data(), row.size());
      std::ranges::copy(answer.row(first + y), out.begin());
      become_residual(row.data(), out.data(), doors_.boost, row.size());
    }
  };
  LATENT_CHECK(for_row_parts(answer.height(), threads_, become_residuals));
  return std::as_const(residual_).view().crop({0, 0, answer.width(), answer.height()});
}

Status DenoiseRun::run(NetworkSession& network, const TakeRows& take, const RunControl& control,
                       TaskReport& report) {
  taken_ = 0;
  Image<float> averaged;
  const auto take_rows = [&](int first_row, ImageView<const float> residual) -> Status {
    if (doors_.on) {
      LATENT_TRY(residual, residual_of(first_row, residual));
    }
    if (source_->colours() == 1) {
      LATENT_CHECK(averaged_over_channels(residual, averaged));
      residual = std::as_const(averaged).view().crop({0, 0, residual.width(), residual.height()});
    }
    if (darktable_) return keep_residual(first_row, residual);
    return take_residual(residual, take);
  };
  LATENT_CHECK(network.run(
      plan_, [this](const Rect& tile, TensorView planes) { return pack(tile, planes); }, take_rows,
      control, report));
  return darktable_ ? finish_darktable(take) : Status{};
}

Status DenoiseRun::keep_residual(int first_row, ImageView<const float> residual) {
  for (int y = 0; y < residual.height(); ++y) {
    std::ranges::copy(residual.row(y), kept_.view().row(first_row + y).begin());
  }
  return {};
}

Status DenoiseRun::finish_darktable(const TakeRows& take) {
  const ImageView<const float> all = std::as_const(kept_).view();
  LATENT_TRY(filter_,
             rgb::DetailFilter::create(all.size(), mix_,
                                       rgb::darktable_thresholds(luminance_sigma(all)), threads_));
  for (int first = 0; first < all.height(); first += kPieceRows) {
    const int rows = std::min(kPieceRows, all.height() - first);
    LATENT_CHECK(take_residual(all.crop({0, first, all.width(), rows}), take));
  }
  return {};
}

Status DenoiseRun::take_residual(ImageView<const float> residual, const TakeRows& take) {
  if (!filter_) {
    const int first = std::exchange(taken_, taken_ + residual.height());
    return take_off(first, residual, take);
  }
  LATENT_TRY(const ImageView<const float> finished, filter_->add(residual));
  return finished.empty() ? Status{} : take_off(filter_->first_row(), finished, take);
}

Status DenoiseRun::take_off(int first_row, ImageView<const float> taken, const TakeRows& take) {
  const Rect& area = plan_.region();
  const int begin = std::max(region_.y, area.y + first_row);
  const int end = std::min(region_.bottom(), area.y + first_row + taken.height());
  const int colours = source_->colours();
  for (int top = begin; top < end; top += kPieceRows) {
    const int height = std::min(kPieceRows, end - top);
    LATENT_TRY(auto rows, Image<float>::create({region_.width, height}, colours));
    const auto residual =
        taken.crop({region_.x - area.x, top - area.y - first_row, region_.width, height});
    LATENT_CHECK(for_row_parts(height, threads_, [&](int first, int last) {
      subtract_rows({*source_, guard_, gamut_, 1}, {region_.x, top, region_.width, height},
                    residual, first, last, rows.view());
    }));
    LATENT_CHECK(take(std::as_const(rows).view()));
  }
  return {};
}

}  // namespace latent::tasks
