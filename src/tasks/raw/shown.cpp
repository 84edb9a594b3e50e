// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/shown.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/threads.h"
#include "image/copy.h"
#include "tasks/raw/colour_rows.h"
#include "tasks/raw/fringes.h"
#include "tasks/raw/strength.h"

namespace latent::tasks {

namespace {

int channels_of(const RawPicture& picture) {
  return std::holds_alternative<Mosaic>(picture) ? 1 : 3;
}

/// The samples of a row of the area, as they stand in memory.
std::span<const std::uint16_t> samples(const RawPicture& picture, const Rect& area, int row) {
  const Rect frame = frame_of(picture);
  const Rect line{frame.x + area.x, frame.y + area.y + row, area.width, 1};
  return std::visit([&](const auto& each) { return each.samples.view().crop(line).row(0); },
                    picture);
}

/// Counts as the file has them.
Result<Image<float>> source_counts(const PreparedRaw& raw, const RawPicture& picture,
                                   const Rect& area) {
  LATENT_TRY(auto counts, Image<float>::create(area.size(), channels_of(picture)));
  for (int y = 0; y < area.height; ++y) {
    std::ranges::copy(samples(picture, area, y), counts.view().row(y).begin());
    add_at_defects(raw.repair().defects, area, y, 1.0, counts.view().row(y));
    add_at_defects(raw.repair().listed, area, y, 1.0, counts.view().row(y));
  }
  return counts;
}

/// Clean counts of the area, from the network.
Result<Image<float>> clean_counts(RawPicture& picture, int channels, RawNetwork& network,
                                  const CleanRequest& request, const RunControl& control) {
  LATENT_TRY(auto counts, Image<float>::create(request.area.size(), channels));
  const auto take = [&](const CleanRows& rows) -> Status {
    for (int y = 0; y < rows.counts.height(); ++y) {
      const auto from = rows.counts.row(y);
      const auto to = counts.view().row(rows.first_row + y);
      if (rows.channel == kAllColours) {
        std::ranges::copy(from, to.begin());
        continue;
      }
      auto at = static_cast<std::size_t>(rows.channel);
      for (const float count : from) {
        to[at] = count;
        at += 3;
      }
    }
    return {};
  };
  RawDenoiseReport ignored;
  LATENT_CHECK(network.clean(picture, request, take, control, ignored));
  return counts;
}

/// The same where the strength has a mask, in place.
Status with_local(const PreparedRaw& raw, const RawPicture& picture, const Rect& area,
                  double strength, const LocalStrength& local, Image<float>& counts) {
  const Point crop{crop_of(picture).x - frame_of(picture).x,
                   crop_of(picture).y - frame_of(picture).y};
  const auto channels = static_cast<std::size_t>(counts.channels());
  std::vector<float> shares(static_cast<std::size_t>(area.width));
  std::vector<float> strengths(shares.size() * channels);
  for (int y = 0; y < area.height; ++y) {
    local.row(area.x - crop.x, area.y + y - crop.y, shares);
    for (std::size_t i = 0; i < strengths.size(); ++i) {
      strengths[i] = shares[i / channels] * static_cast<float>(strength);
    }
    blend(samples(picture, area, y), strengths, counts.view().row(y));
    add_at_defects(raw.repair().defects, area, y, strengths, counts.view().row(y));
    add_at_defects(raw.repair().listed, area, y, strengths, counts.view().row(y));
  }
  return {};
}

/// Makes clean counts what write() puts into its rows, in place.
Status put_strength(const PreparedRaw& raw, const RawPicture& picture, const Rect& area,
                    double strength, const LocalStrength* local, Image<float>& counts) {
  if (local != nullptr) return with_local(raw, picture, area, strength, *local, counts);
  for (int y = 0; y < area.height; ++y) {
    blend(samples(picture, area, y), strength, counts.view().row(y));
    add_at_defects(raw.repair().defects, area, y, 1.0 - strength, counts.view().row(y));
  }
  return {};
}

/// The area before, and cleaned of all noise: kept from an earlier look that held it, or made now.
/// Valid until the next call.
Result<const PreparedRaw::ShownArea*> kept_area(PreparedRaw& raw, RawNetwork* network, int channels,
                                                const Rect& area, const NoiseModel& noise,
                                                const RawDenoiseSettings& settings,
                                                const RunControl& control) {
  LATENT_ENSURE(network != nullptr);
  const bool demosaics = channels == 3 && std::holds_alternative<Mosaic>(raw.picture());
  LATENT_TRY(Fringes fringes, fringes_of(raw, noise, demosaics, settings));
  const PreparedRaw::ShownFor key{area,
                                  noise,
                                  settings.noise_scale,
                                  settings.hot_pixels,
                                  settings.learned.get(),
                                  fringes.shift != nullptr};
  const auto serves = [&](const PreparedRaw::ShownFor& shown) { return shown.holds(key); };
  if (const auto* kept = raw.kept.find_if(serves)) return kept;
  PreparedRaw::ShownArea fresh;
  fresh.area = area;
  LATENT_TRY(auto traits, raw.traits(noise));
  traits.fringes = std::move(fringes.shift);
  const CleanRequest request{area, noise, settings, true, nullptr, std::move(traits)};
  LATENT_TRY(fresh.clean, clean_counts(raw.picture(), channels, *network, request, control));
  LATENT_TRY(const auto source, source_counts(raw, raw.picture(), area));
  LATENT_TRY(fresh.before,
             raw.development().picture_of(area, source.view(), threads_or_all(settings.threads)));
  const std::size_t bytes = static_cast<std::size_t>(area.size().area()) * sizeof(float) *
                            static_cast<std::size_t>(3 + channels);
  return &raw.kept.keep(key, std::move(fresh), bytes);
}

}  // namespace

Result<Shown> show_area(PreparedRaw& raw, RawNetwork* network, const Rect& area,
                        const NoiseModel& noise, const RawDenoiseSettings& settings,
                        const LocalStrength* local, const RunControl& control) {
  const int threads = threads_or_all(settings.threads);
  RawPicture& picture = raw.picture();
  Shown shown;
  if (settings.strength == 0.0) {
    LATENT_TRY(shown.counts, source_counts(raw, picture, area));
    LATENT_TRY(shown.before,
               raw.development().picture_of(area, std::as_const(shown.counts).view(), threads));
    LATENT_TRY(shown.after, shown.before.clone());
    return shown;
  }
  LATENT_TRY(const PreparedRaw::ShownArea* const kept,
             kept_area(raw, network, channels_of(picture), area, noise, settings, control));
  const Rect inside{area.x - kept->area.x, area.y - kept->area.y, area.width, area.height};
  LATENT_TRY(shown.before, copy_of(kept->before.view().crop(inside)));
  LATENT_TRY(shown.counts, copy_of(kept->clean.view().crop(inside)));
  LATENT_CHECK(put_strength(raw, picture, area, settings.strength, local, shown.counts));
  LATENT_TRY(shown.after,
             raw.development().picture_of(area, std::as_const(shown.counts).view(), threads));
  return shown;
}

Result<Shown> show_colours(PreparedRaw& raw, RawNetwork* network, const Rect& area,
                           const NoiseModel& noise, const RawDenoiseSettings& settings,
                           const LocalStrength* local, const RunControl& control) {
  const int threads = threads_or_all(settings.threads);
  RawPicture& picture = raw.picture();
  Shown shown;
  if (settings.strength > 0.0) {
    LATENT_TRY(const PreparedRaw::ShownArea* const kept,
               kept_area(raw, network, 3, area, noise, settings, control));
    const Rect inside{area.x - kept->area.x, area.y - kept->area.y, area.width, area.height};
    LATENT_TRY(shown.before, copy_of(kept->before.view().crop(inside)));
    LATENT_TRY(shown.counts, copy_of(kept->clean.view().crop(inside)));
  } else {
    LATENT_TRY(const auto source, source_counts(raw, picture, area));
    LATENT_TRY(shown.before, raw.development().picture_of(area, source.view(), threads));
    LATENT_TRY(shown.counts, Image<float>::create(area.size(), 3));
  }
  if (settings.strength < 1.0 || local != nullptr) {
    LATENT_TRY(const LinearRaw* const classical, raw.classical(control));
    DngPlan plan;  // what of it says how to blend
    plan.area = area;
    plan.strength = settings.strength;
    plan.local = local;
    plan.crop = {crop_of(picture).x - frame_of(picture).x,
                 crop_of(picture).y - frame_of(picture).y};
    for (int y = 0; y < area.height; ++y) {
      blend_colours(plan, *classical, y, shown.counts.view().row(y));
    }
  }
  LATENT_TRY(shown.after, raw.colour_development().picture_of(
                              area, std::as_const(shown.counts).view(), threads));
  return shown;
}

}  // namespace latent::tasks
