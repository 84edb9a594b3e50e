// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/take_off.h"

#include <algorithm>
#include <utility>
#include <vector>

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

}  // namespace

bool wants_sigma(const DenoiseSettings& settings) {
  return mix_of(settings).recover && settings.detail == Detail::Darktable;
}

Rect residual_area(Size picture, const Rect& region, const DenoiseSettings& settings) {
  const Rect whole{0, 0, picture.width, picture.height};
  if (!mix_of(settings).recover) return region;
  if (wants_sigma(settings)) return whole;
  constexpr int kReach = rgb::kDetailReach;
  return whole.intersection({region.x - kReach, region.y - kReach, region.width + 2 * kReach,
                             region.height + 2 * kReach});
}

Result<TakeOff> TakeOff::create(What what, const DenoiseSettings& settings) {
  TakeOff all(std::move(what), settings);
  const What& known = all.what_;
  all.mix_ = mix_of(settings);
  if (wants_sigma(settings) && !known.sigma) {
    LATENT_TRY(all.waiting_, Image<float>::create(known.area.size(), 3));
    return all;
  }
  if (takes_all(all.mix_)) return all;
  const auto thresholds = wants_sigma(settings) ? rgb::darktable_thresholds(*known.sigma)
                                                : rgb::thresholds_of(known.level, all.mix_.luma);
  LATENT_TRY(all.filter_,
             rgb::DetailFilter::create(known.area.size(), all.mix_, thresholds, known.threads));
  return all;
}

Status TakeOff::add(ImageView<const float> residual, const TakeRows& take) {
  const int first = std::exchange(came_, came_ + residual.height());
  if (!waiting_.empty()) {
    for (int y = 0; y < residual.height(); ++y) {
      std::ranges::copy(residual.row(y), waiting_.view().row(first + y).begin());
    }
    return came_ == what_.area.height ? filter_all(take) : Status{};
  }
  return filter_ ? filter(residual, take) : subtract(first, residual, take);
}

Status TakeOff::filter_all(const TakeRows& take) {
  const ImageView<const float> all = std::as_const(waiting_).view();
  LATENT_TRY(filter_,
             rgb::DetailFilter::create(
                 all.size(), mix_, rgb::darktable_thresholds(luminance_sigma(all)), what_.threads));
  for (int first = 0; first < all.height(); first += kPieceRows) {
    const int rows = std::min(kPieceRows, all.height() - first);
    LATENT_CHECK(filter(all.crop({0, first, all.width(), rows}), take));
  }
  return {};
}

Status TakeOff::filter(ImageView<const float> residual, const TakeRows& take) {
  LATENT_TRY(const ImageView<const float> finished, filter_->add(residual));
  return finished.empty() ? Status{} : subtract(filter_->first_row(), finished, take);
}

/// Rows [first, last) of `rows`, which hold the noisy picture.
void TakeOff::subtract_part(ImageView<const float> residual, int first, int last,
                            ImageView<float> rows) const {
  const bool hued = what_.hue != nullptr && rows.channels() == 3;
  const bool moved = what_.tones.largest > 0;
  if (!hued && !moved) {
    subtract_rows(what_.guard, gamut_, residual, first, last, rows);
    return;
  }
  std::vector<float> led(static_cast<std::size_t>(rows.width()) * 3);
  for (int y = first; y < last; ++y) {
    const auto pixels = static_cast<std::size_t>(rows.width());
    const float* noisy = rows.row(y).data();
    std::ranges::copy(residual.row(y), led.begin());
    if (moved) {
      const auto share = static_cast<float>(mix_.luma);
      what_.tones.lead(noisy, rows.channels(), pixels, share, led.data());
    }
    if (hued) what_.hue->lead(noisy, led.data(), pixels);
    const ImageView<const float> one(led.data(), {rows.width(), 1}, rows.width() * 3, 3);
    subtract_rows(what_.guard, gamut_, one, 0, 1, rows.crop({0, y, rows.width(), 1}));
  }
}

Status TakeOff::subtract(int first_row, ImageView<const float> taken, const TakeRows& take) {
  const Rect& area = what_.area;
  const Rect& region = what_.region;
  const int begin = std::max(region.y, area.y + first_row);
  const int end = std::min(region.bottom(), area.y + first_row + taken.height());
  for (int top = begin; top < end; top += kPieceRows) {
    const int height = std::min(kPieceRows, end - top);
    LATENT_TRY(auto rows, Image<float>::create({region.width, height}, what_.colours));
    const auto residual =
        taken.crop({region.x - area.x, top - area.y - first_row, region.width, height});
    LATENT_CHECK(for_row_parts(height, what_.threads, [&](int first, int last) {
      what_.noisy({region.x, top + first, region.width, last - first},
                  rows.view().crop({0, first, region.width, last - first}));
      subtract_part(residual, first, last, rows.view());
    }));
    LATENT_CHECK(take(std::as_const(rows).view()));
  }
  return {};
}

}  // namespace latent::tasks
