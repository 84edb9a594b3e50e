// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/upscale_run.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "base/threads.h"
#include "rgb/overshoot.h"
#include "tasks/picture/planes.h"

namespace latent::tasks {

namespace {

constexpr int kPieceRows = 64;  ///< of the enlargement
/// Rounds of back-projection: after three even the plain enlargement of a picture full of edges,
/// reduced again, is its source within one 8-bit step (RMS).
constexpr int kRounds = 3;
/// Pixels of the source on each side that all rounds together look at, with room to spare.
constexpr int kConsistencyReach = 8 * kRounds;

/// The part of the source that rows [first, first + count) of an enlarged part stand on, with what
/// the kernel looks at around.
Rect footprint(Size picture, const Rect& part, int scale, int first, int count) {
  const int top = part.y + first / scale - rgb::kEnlargeReach;
  const int bottom = part.y + (first + count - 1) / scale + 1 + rgb::kEnlargeReach;
  const Rect wanted{part.x - rgb::kEnlargeReach, top, part.width + 2 * rgb::kEnlargeReach,
                    bottom - top};
  return wanted.intersection({0, 0, picture.width, picture.height});
}

/// Reads samples of an area of the source.
using ReadSamples = std::function<void(const Rect& area, ImageView<float> out)>;

/// Rows [first, first + n) of the bicubic enlargement of `part`: out [n, part width * scale, c].
Status enlarge_part(Size picture, const Rect& part, int scale, int first, const ReadSamples& read,
                    ImageView<float> out) {
  const Rect area = footprint(picture, part, scale, first, out.height());
  LATENT_TRY(auto samples, Image<float>::create(area.size(), out.channels()));
  read(area, samples.view());
  LATENT_TRY(auto wide, Image<float>::create({area.width * scale, out.height()}, out.channels(),
                                             no_limits_of_pixels()));
  rgb::enlarge_rows(std::as_const(samples).view(), area.y, picture.height, scale,
                    part.y * scale + first, wide.view());
  const int left = (part.x - area.x) * scale;
  for (int y = 0; y < out.height(); ++y) {
    const auto row = wide.view().crop({left, y, out.width(), 1}).row(0);
    std::ranges::copy(row, out.row(y).begin());
  }
  return {};
}

/// An enlargement swings beyond the border of sRGB even where its source does not.
void clip(ImageView<float> rows) {
  for (int y = 0; y < rows.height(); ++y) {
    for (float& sample : rows.row(y)) sample = std::clamp(sample, 0.0F, 1.0F);
  }
}

}  // namespace

Rect upscale_region(Size picture, const Rect& region, const UpscaleSettings& settings) {
  if (!settings.consistent) return region;
  return Rect{0, 0, picture.width, picture.height}.intersection(
      {region.x - kConsistencyReach, region.y - kConsistencyReach,
       region.width + 2 * kConsistencyReach, region.height + 2 * kConsistencyReach});
}

Result<UpscaleRun> UpscaleRun::create(const PictureSource& source,
                                      const models::NetworkSpec& network, const Rect& region,
                                      const UpscaleSettings& settings,
                                      const infer::TileOptions& tiles, const PictureDoors& doors) {
  const Rect area = upscale_region(source.size(), region, settings);
  LATENT_TRY(auto plan, infer::TilePlan::create(network, source.size(), area, tiles));
  UpscaleRun run(source, network, std::move(plan));
  run.guard_.low = static_cast<float>(network.limits.value_min);
  run.guard_.high = static_cast<float>(network.limits.value_max);
  run.gamut_ = settings.wide_gamut;
  run.bounded_ = settings.overshoot == Overshoot::Bounded && !doors.on;
  run.doors_ = doors;
  run.level_ = static_cast<float>(std::min(settings.tolerance / 255.0, network.limits.level_max));
  run.region_ = region;
  run.threads_ = threads_or_all(settings.threads);
  if (settings.consistent) {
    const auto rows = [&source, area, gamut = settings.wide_gamut](int first,
                                                                   ImageView<float> out) {
      source.encoded({area.x, area.y + first, area.width, out.height()}, gamut, out);
    };
    LATENT_TRY(run.consistency_,
               rgb::Consistency::create(area.size(), source.colours(), network.scale, kRounds, rows,
                                        run.threads_));
  }
  return run;
}

std::optional<double> UpscaleRun::consistency_rms() const {
  if (!consistency_) return std::nullopt;
  return consistency_->residual_rms();
}

Status UpscaleRun::run(NetworkSession& network, const TakeRows& take, const RunControl& control,
                       TaskReport& report) {
  const PlanesOfTile what{*source_, guard_, gamut_, network_->input.unshuffle};
  return network.run(
      plan_,
      [&](const Rect& tile, TensorView planes) {
        return doors_.on ? pack_picture(*source_, guard_, gamut_, doors_.boost, tile, planes)
                         : pack_rgb_level(what, level_, tile, planes);
      },
      [&](int first_row, ImageView<const float> residual) {
        return take_residual(first_row, residual, take);
      },
      control, report);
}

Status UpscaleRun::enlarge_less(int first_row, ImageView<const float> residual,
                                ImageView<float> out) const {
  const auto read = [&](const Rect& area, ImageView<float> samples) {
    source_->encoded(area, gamut_, samples);
  };
  LATENT_CHECK(
      enlarge_part(source_->size(), plan_.region(), network_->scale, first_row, read, out));
  if (doors_.on) {
    become_answer(residual, out);
    return {};
  }
  const int colours = source_->colours();
  for (int y = 0; y < out.height(); ++y) {
    const float* taken = residual.row(y).data();
    float* row = out.row(y).data();
    if (colours == 3) {
      for (int i = 0; i < 3 * out.width(); ++i) row[i] -= taken[i];
    } else {
      for (int x = 0; x < out.width(); ++x, taken += 3) {
        row[x] -= (taken[0] + taken[1] + taken[2]) * (1.0F / 3.0F);
      }
    }
  }
  return {};
}

/// The network gives the enlargement itself, bent; where that is unbent the
/// bicubic one says how far.
void UpscaleRun::become_answer(ImageView<const float> answer, ImageView<float> enlarged) const {
  const auto colours = static_cast<std::size_t>(source_->colours());
  std::vector<float> taken(static_cast<std::size_t>(enlarged.width()) * colours);
  std::vector<float> bent(taken.size());
  for (int y = 0; y < enlarged.height(); ++y) {
    const auto row = enlarged.row(y);
    const auto found = answer.row(y);
    for (std::size_t i = 0; i < taken.size(); ++i) {
      taken[i] = colours == 3
                     ? found[i]
                     : (found[3 * i] + found[3 * i + 1] + found[3 * i + 2]) * (1.0F / 3.0F);
    }
    guard_.bend(row.data(), bent.data(), bent.size());
    become_residual(bent.data(), taken.data(), doors_.boost, taken.size());
    guard_.subtract(row.data(), taken.data(), row.data(), taken.size());
  }
}

Status UpscaleRun::take_residual(int first_row, ImageView<const float> residual,
                                 const TakeRows& take) {
  for (int top = 0; top < residual.height(); top += kPieceRows) {
    const int rows = std::min(kPieceRows, residual.height() - top);
    const auto part = residual.crop({0, top, residual.width(), rows});
    LATENT_TRY(auto enlarged, Image<float>::create({residual.width(), rows}, source_->colours(),
                                                   no_limits_of_pixels()));
    LATENT_CHECK(for_row_parts(rows, threads_, [&](int first, int last) {
      const auto lines = [&](auto view) {
        return view.crop({0, first, view.width(), last - first});
      };
      return enlarge_less(first_row + top + first, lines(part), lines(enlarged.view()));
    }));
    if (!consistency_) {
      LATENT_CHECK(hand_on(first_row + top, std::as_const(enlarged).view(), take));
      continue;
    }
    LATENT_TRY(const auto finished, consistency_->add(std::as_const(enlarged).view()));
    if (!finished.empty()) LATENT_CHECK(hand_on(consistency_->first_row(), finished, take));
  }
  return {};
}

Status UpscaleRun::hand_on(int first_row, ImageView<const float> rows, const TakeRows& take) {
  const int scale = network_->scale;
  const Rect& area = plan_.region();
  const int top = (region_.y - area.y) * scale;
  const int begin = std::max(top, first_row);
  const int end = std::min(top + region_.height * scale, first_row + rows.height());
  if (begin >= end) return {};
  const auto wanted = rows.crop(
      {(region_.x - area.x) * scale, begin - first_row, region_.width * scale, end - begin});
  const rgb::OneHue* hue = source_->hue();
  if (gamut_ == WideGamut::Preserve && !bounded_ && hue == nullptr) return take(wanted);
  // `rows` may be needed again as they are.
  LATENT_TRY(auto finished,
             Image<float>::create(wanted.size(), wanted.channels(), no_limits_of_pixels()));
  for (int y = 0; y < wanted.height(); ++y) {
    std::ranges::copy(wanted.row(y), finished.view().row(y).begin());
  }
  if (bounded_) LATENT_CHECK(bound(begin, finished.view()));
  for (int y = 0; hue != nullptr && y < finished.height(); ++y) {
    hue->put(finished.view().row(y).data(), static_cast<std::size_t>(finished.width()));
  }
  if (gamut_ == WideGamut::Clip) clip(finished.view());
  return take(std::as_const(finished).view());
}

/// `first_row` counts rows of the enlarged area of the plan.
Status UpscaleRun::bound(int first_row, ImageView<float> rows) const {
  const int scale = network_->scale;
  const int top = plan_.region().y * scale + first_row;
  const int left = region_.x * scale;
  const int reach = rgb::kOvershootReach;
  const int first = top / scale - reach;
  const Rect around{region_.x - reach, first, region_.width + 2 * reach,
                    (top + rows.height() - 1) / scale + reach + 1 - first};
  const Size picture = source_->size();
  const Rect area = around.intersection({0, 0, picture.width, picture.height});
  LATENT_TRY(auto samples, Image<float>::create(area.size(), rows.channels()));
  source_->encoded(area, gamut_, samples.view());
  return for_row_parts(rows.height(), threads_, [&](int from, int to) {
    rgb::bound_overshoot(std::as_const(samples).view(), area, scale, left, top + from,
                         rows.crop({0, from, rows.width(), to - from}));
  });
}

int enlarging_reach(const models::NetworkSpec& network) {
  return network.reach_px + kConsistencyReach + rgb::kEnlargeReach;
}

Status enlarge_alpha(const PictureSource& source, const Rect& region, int scale, int first_row,
                     ImageView<float> out) {
  const auto read = [&](const Rect& area, ImageView<float> samples) {
    source.alpha(area, samples);
  };
  LATENT_CHECK(enlarge_part(source.size(), region, scale, first_row, read, out));
  for (int y = 0; y < out.height(); ++y) {
    for (float& sample : out.row(y)) sample = std::clamp(sample, 0.0F, 1.0F);
  }
  if (source.picture().alpha_associated) return {};
  // Weights add up to 1 but for their last digit, which would change every colour.
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) out.at(x, y, 1) = 1.0F;
  }
  return {};
}

Status enlarge_plainly(const PictureSource& source, const Rect& region, int scale,
                       ImageView<float> out) {
  return enlarge_plain_rows(source, region, scale, 0, out);
}

Status enlarge_plain_rows(const PictureSource& source, const Rect& region, int scale, int first,
                          ImageView<float> out) {
  const auto read = [&](const Rect& area, ImageView<float> samples) {
    source.encoded_rgb(area, WideGamut::Preserve, samples);
  };
  for (int row = 0; row < out.height(); row += kPieceRows) {
    const int rows = std::min(kPieceRows, out.height() - row);
    LATENT_CHECK(enlarge_part(source.size(), region, scale, first + row, read,
                              out.crop({0, row, out.width(), rows})));
  }
  return {};
}

}  // namespace latent::tasks
