// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/walk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "metadata/placing.h"
#include "metadata/provenance.h"
#include "tasks/raw/colour_rows.h"
#include "tasks/raw/count_rows.h"
#include "tasks/raw/fringes.h"
#include "tasks/raw/linear_rows.h"
#include "tasks/raw/prepared.h"
#include "tasks/raw/rows.h"
#include "tasks/raw/shown.h"
#include "tasks/stopwatch.h"
#include "write/dng/jxl_tile.h"

namespace latent::tasks {

namespace {

/// The part of the frame that is denoised: all of it, or the region, which the user gives in
/// coordinates of the crop.
Result<Rect> area_in_frame(const std::optional<Rect>& region, const Rect& frame, const Rect& crop) {
  if (!region) return Rect{0, 0, frame.width, frame.height};
  if (region->empty() || !Rect{0, 0, crop.width, crop.height}.contains(*region)) {
    return fail(
        ErrorCode::Usage,
        fmt::format("the region {},{},{},{} lies outside the picture of {} x {} pixels", region->x,
                    region->y, region->width, region->height, crop.width, crop.height));
  }
  return Rect{region->x + crop.x - frame.x, region->y + crop.y - frame.y, region->width,
              region->height};
}

template <class T>
void append(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

/// Of a floating-point raw that becomes integers.
std::string integers_notice(const RawPicture& picture) {
  float range = 0;
  if (const auto* mosaic = std::get_if<Mosaic>(&picture)) {
    range = mosaic->levels.white[1] - mosaic->levels.black.counts.front();
  } else {
    const auto& linear = std::get<LinearRaw>(picture);
    range = linear.white[1] - linear.black[1];
  }
  return fmt::format(
      "its floating-point samples were rounded to integers, {:.0f} of them from black to white, "
      "which every developer opens; --compression none keeps them as floats, exactly at strength 0",
      range);
}

/// The mask of the settings; none at strength 0, where it has nothing to say.
Result<const LocalStrength*> local_of(PreparedRaw& raw, const RawDenoiseSettings& settings,
                                      const RunControl& control) {
  if (settings.strength == 0.0) return nullptr;
  return raw.masks.of(settings.mask, raw.photograph, crop_of(raw.picture()).size(), control);
}

/// With a mask what lies outside stays as the file has it: the sites that its lists name, too, and
/// so the lists stay in force.
void lay_on(const LocalStrength& local, const PreparedRaw& raw, DngPlan& plan) {
  plan.local = &local;
  const Rect crop = crop_of(raw.picture());
  const Rect frame = frame_of(raw.picture());
  plan.crop = {crop.x - frame.x, crop.y - frame.y};
  plan.mended = false;
  append(plan.defects, raw.repair().listed);
  std::ranges::sort(plan.defects, [](const raw::Defect& one, const raw::Defect& other) {
    return std::pair(one.y, one.x) < std::pair(other.y, other.x);
  });
}

/// Of opcodes for the mosaic that could not be applied before it was demosaiced.
std::vector<std::string> demosaic_notices(const PreparedRaw& raw) {
  if (raw.left_out().empty()) return {};
  return {
      fmt::format("the result goes without {} of the source, which could not be applied to the "
                  "mosaic before it was demosaiced",
                  fmt::join(raw.left_out(), ", "))};
}

/// What the share of the source that stays was made by.
std::string classical_notice(const RawDenoiseSettings& settings, SensorClass sensor, Size frame) {
  constexpr int kSmallest = 512;  // LibRaw's tile of X-Trans; below it takes VNG
  const bool small = std::min(frame.width, frame.height) < kSmallest;
  const char* method = sensor != SensorClass::XTrans ? "AHD"
                       : small                       ? "VNG"
                                                     : "three passes for X-Trans";
  return fmt::format("{} was demosaiced by LibRaw ({}), which cuts what lies below black",
                     settings.strength == 0.0 ? "the source" : "the share of the source that stays",
                     method);
}

write::DngCompression stored_as(DngCompression wanted) {
  switch (wanted) {
    case DngCompression::None:
      return write::DngCompression::None;
    case DngCompression::JxlLossless:
      return write::DngCompression::JxlLossless;
    case DngCompression::Jxl:
      return write::DngCompression::Jxl;
    default:
      return write::DngCompression::LosslessJpeg;
  }
}

/// What the user should know of JPEG XL tiles; empty where none are wanted.
std::vector<std::string> jxl_notices(DngCompression wanted, bool three_colours) {
  if (wanted != DngCompression::JxlLossless && wanted != DngCompression::Jxl) return {};
  if (!three_colours) {
    return {
        "JPEG XL tiles hold three colours a pixel, so this mosaic was compressed as lossless JPEG; "
        "--demosaic makes three colours"};
  }
  if (!write::jxl_tiles_are_there()) {
    return {"this program was built without JPEG XL, so lossless JPEG was written"};
  }
  return {
      "JPEG XL tiles are for programs that know DNG 1.7: darktable up to 5.6, RawTherapee 5.9 and "
      "LibRaw 0.20 do not open this file; --compression lossless writes one that they do"};
}

class RawWalk final : public Work {
 public:
  RawWalk(RawMaker maker, std::unique_ptr<RawNetworks> networks)
      : maker_(std::move(maker)), networks_(std::move(networks)) {}

  Result<std::unique_ptr<Prepared::Inside>> prepare(const read::Photograph& photograph,
                                                    const Next* next,
                                                    const RunControl& control) override;
  Result<Shown> show(Prepared::Inside& prepared, const Rect& region, const Settings& settings,
                     const RunControl& control) override;
  Result<AnyReport> write(Prepared::Inside& prepared, const Target& target,
                          const Settings& settings, const RunControl& control) override;

 private:
  /// Decodes as the network wants it, which meanwhile is compiled, where it is for writing.
  Result<RawNetworks::Choice> begin(PreparedRaw& raw, const RawDenoiseSettings& settings,
                                    bool shown, const RunControl& control);
  /// Noise and defects, as the settings want them.
  Result<NoiseModel> measure(PreparedRaw& raw, const RawNetwork* network,
                             const RawDenoiseSettings& settings);
  DngPlan plan_of(const PreparedRaw& raw, const RawNetwork* network, const Target& target,
                  const Rect& area, const NoiseModel& noise, const RawDenoiseSettings& settings,
                  const LocalStrength* local);
  Result<std::unique_ptr<DngRows>> rows_of(RawPicture& picture, DngPlan plan, const RowSink& take);

  RawMaker maker_;
  std::unique_ptr<RawNetworks> networks_;
};

Result<RawNetworks::Choice> RawWalk::begin(PreparedRaw& raw, const RawDenoiseSettings& settings,
                                           bool shown, const RunControl& control) {
  LATENT_CHECK(check(settings));
  const read::RawFacts& header = raw.header();
  LATENT_TRY(RawNetworks::Choice choice, networks_->choose(header, settings));
  if (choice.network != nullptr && settings.strength > 0.0) {
    // The header alone gives the size, and with it the tile.
    const Size frame = header.active.size();
    LATENT_TRY(const Rect area, area_in_frame(settings.region, header.active, header.crop));
    LATENT_CHECK(shown ? choice.network->begin_shown(frame) : choice.network->begin(frame, area));
  }
  LATENT_CHECK(raw.decode(choice.as, control));
  return choice;
}

Result<NoiseModel> RawWalk::measure(PreparedRaw& raw, const RawNetwork* network,
                                    const RawDenoiseSettings& settings) {
  const int threads = threads_or_all(settings.threads);
  LATENT_TRY(const NoiseModel noise, raw.noise(settings, threads));
  const bool plain = network == nullptr || network->is_plain();
  const bool any = settings.strength > 0.0;
  const bool found = any && settings.hot_pixels != HotPixels::Keep && plain;
  LATENT_CHECK(raw.repair({any, found, found ? settings.learned : nullptr}, noise, threads));
  return noise;
}

Result<std::unique_ptr<Prepared::Inside>> RawWalk::prepare(const read::Photograph& photograph,
                                                           const Next* next,
                                                           const RunControl& control) {
  const RawDenoiseSettings plain;
  const auto* wanted = next != nullptr ? std::get_if<RawDenoiseSettings>(&next->settings) : &plain;
  LATENT_ENSURE(wanted != nullptr);
  const RawDenoiseSettings& settings = *wanted;
  LATENT_CHECK(check(settings));
  LATENT_TRY(auto raw, PreparedRaw::open(photograph));
  LATENT_TRY(const auto choice, begin(*raw, settings, next == nullptr, control));
  RawNetwork* const network = choice.network;
  if (next == nullptr) {
    LATENT_CHECK(measure(*raw, network, settings));
    LATENT_CHECK(network->ready_shown(frame_of(raw->picture()).size()));
  }
  return raw;
}

DngPlan RawWalk::plan_of(const PreparedRaw& raw, const RawNetwork* network, const Target& target,
                         const Rect& area, const NoiseModel& noise,
                         const RawDenoiseSettings& settings, const LocalStrength* local) {
  DngPlan plan;
  plan.target = target.path;
  plan.area = area;
  plan.whole = !settings.region.has_value();
  plan.strength = settings.strength;
  const bool as_darktable = network != nullptr && !network->is_plain() && settings.strength > 0.0;
  plan.blended = as_darktable;
  plan.plain_scale = as_darktable;
  plan.noise = noise;
  plan.defects = raw.repair().defects;
  plan.mended = settings.strength > 0.0;
  if (local != nullptr) lay_on(*local, raw, plan);
  plan.options.compression = stored_as(settings.compression);
  plan.options.overwrite = target.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  plan.options.access = FileAccess::of(raw.photograph.path());  // no more open than the source
  plan.options.threads = threads_or_all(settings.threads);
  plan.metadata = raw.metadata();
  if (settings.region) {
    metadata::place(plan.metadata,
                    {raw.facts.size, *settings.region, 1, raw.photograph.orientation()});
  }
  metadata::Provenance& told = plan.provenance;
  told.latent_version = LATENT_VERSION;
  told.task = maker_.task;
  told.model_id = maker_.model_id;
  told.model_version = maker_.model_version;
  told.model_sha256 = maker_.model_sha256;
  told.strength_percent = 100.0 * settings.strength;
  told.noise = noise;
  told.noise_scale = settings.noise_scale;
  plan.original_file_name = raw.photograph.path().filename().native();
  return plan;
}

Result<std::unique_ptr<DngRows>> RawWalk::rows_of(RawPicture& picture, DngPlan plan,
                                                  const RowSink& take) {
  if (take) return count_rows(picture, std::move(plan), take);
  if (const auto* mosaic = std::get_if<Mosaic>(&picture)) {
    return mosaic_rows(*mosaic, std::move(plan));
  }
  return linear_rows(std::get<LinearRaw>(picture), std::move(plan));
}

Result<AnyReport> RawWalk::write(Prepared::Inside& prepared, const Target& target,
                                 const Settings& any, const RunControl& control) {
  auto& raw = static_cast<PreparedRaw&>(prepared);
  const auto* settings = std::get_if<RawDenoiseSettings>(&any);
  LATENT_ENSURE(settings != nullptr);
  LATENT_TRY(const auto choice, begin(raw, *settings, false, control));
  RawNetwork* const network = choice.network;
  const bool idle = settings->strength == 0.0;
  RawPicture& picture = raw.picture();
  RawDenoiseReport report;
  if (network != nullptr) report.notices = network->notices();
  if (!choice.notice.empty()) report.notices.push_back(choice.notice);
  report.demosaiced = choice.demosaics;
  if (const auto* linear = std::get_if<LinearRaw>(&picture))
    append(report.notices, linear->notices);
  append(report.notices, raw.metadata().warnings);
  report.sensor = std::visit([](const auto& each) { return each.sensor; }, picture);

  LATENT_TRY(report.noise, measure(raw, network, *settings));
  const bool plain = network == nullptr || network->is_plain();
  if (!settings->noise && !idle && plain) append(report.notices, raw.noise_notices());
  append(report.notices, raw.repair().notices);
  report.hot = raw.repair().hot;
  report.dead = raw.repair().dead;
  report.seconds = raw.seconds;

  if (choice.demosaics && target.take) {
    return fail(ErrorCode::Unsupported,
                "a mosaic that is demosaiced is not handed over as counts; write a DNG, or leave "
                "--demosaic out");
  }
  LATENT_TRY(const Rect area, area_in_frame(settings->region, frame_of(picture), crop_of(picture)));
  report.result = area.size();
  LATENT_TRY(const LocalStrength* const local, local_of(raw, *settings, control));
  if (local != nullptr) append(report.notices, local->notices());
  DngPlan plan = plan_of(raw, network, target, area, report.noise, *settings, local);
  if (raw.header().is_float) {
    // A lossless JPEG holds integers only; plain strips hold floats.
    const bool keeps_floats =
        settings->compression == DngCompression::None &&
        (raw.decoded_as() == RawAs::Mosaic || raw.decoded_as() == RawAs::Linear);
    if (keeps_floats) {
      LATENT_TRY(plan.exact, raw.photograph.exact_floats(control));
    } else {
      report.notices.push_back(integers_notice(picture));
    }
  }
  if (std::holds_alternative<LinearRaw>(picture) || !plain) raw.used_up();
  if (networks_->changes()) {
    raw.used_up();
    LATENT_CHECK(networks_->change(raw.photograph, picture, control));
  }
  Image<std::uint16_t> before;
  if (!idle) {
    LATENT_TRY(before, network->replace(picture, *settings, control, report));
  }
  LATENT_TRY(Fringes fringes, fringes_of(raw, report.noise, choice.demosaics, *settings));
  append(report.notices, fringes.notices);
  report.seconds.noise = raw.seconds.noise;
  if (fringes.shift) {
    report.fringes_px = {fringes.shift->red.px(1), fringes.shift->blue.px(1)};
  }
  const LinearRaw* classical = nullptr;
  if (choice.demosaics) {
    append(report.notices, demosaic_notices(raw));
    if (settings->strength < 1.0 || local != nullptr) {
      LATENT_TRY(classical, raw.classical(control));
      report.notices.push_back(
          classical_notice(*settings, report.sensor, frame_of(picture).size()));
    }
  }
  LATENT_TRY(const auto rows,
             choice.demosaics ? colour_rows(std::get<Mosaic>(picture), classical, std::move(plan))
                              : rows_of(picture, std::move(plan), target.take));
  if (idle) {
    LATENT_CHECK(rows->add_source(control));
  } else {
    MosaicTraits traits;
    if (plain) {
      LATENT_TRY(traits, raw.traits(report.noise));
    }
    traits.fringes = fringes.shift;
    const CleanRequest request{area, report.noise, *settings, false, &before, std::move(traits)};
    LATENT_CHECK(network->clean(
        picture, request, [&](const CleanRows& clean) { return rows->add(clean); }, control,
        report));
    report.seconds.unpack = std::max(0.0, report.seconds.unpack - rows->seconds_writing());
  }
  LATENT_CHECK(raw.photograph.unchanged());
  if (target.take) {
    LATENT_CHECK(rows->finish(control));
  } else {
    LATENT_TRY(report.output,
               finish_somewhere(
                   target, [&] { return rows->finish(control); },
                   [&](const std::filesystem::path& path) { return rows->finish_as(path); }));
  }
  report.seconds.write = rows->seconds_writing();
  append(report.notices, rows->warnings());
  const bool three_colours = choice.demosaics || std::holds_alternative<LinearRaw>(picture);
  if (!target.take) append(report.notices, jxl_notices(settings->compression, three_colours));
  append(report.notices, raw.header().notices);
  if (!raw.header().left_out.empty()) report.notices.push_back(raw.header().left_out);
  // Counts that are handed over have no colours that anybody could take for right.
  if (!target.take && !raw.header().colour_notice.empty())
    report.notices.push_back(raw.header().colour_notice);
  return report;
}

Result<Shown> RawWalk::show(Prepared::Inside& prepared, const Rect& region, const Settings& any,
                            const RunControl& control) {
  auto& raw = static_cast<PreparedRaw&>(prepared);
  const auto* given = std::get_if<RawDenoiseSettings>(&any);
  LATENT_ENSURE(given != nullptr);
  RawDenoiseSettings settings = *given;
  settings.region = region;
  if (settings.compat != models::Compat::None) {
    return fail(ErrorCode::Unsupported,
                "no part of a raw is shown with --compat: what darktable computes depends on the "
                "whole of it; write the result, or show it without --compat");
  }
  LATENT_TRY(const auto choice, begin(raw, settings, true, control));
  RawNetwork* const network = choice.network;
  LATENT_TRY(const NoiseModel noise, measure(raw, network, settings));
  LATENT_TRY(const Rect area,
             area_in_frame(region, frame_of(raw.picture()), crop_of(raw.picture())));
  LATENT_TRY(const LocalStrength* const local, local_of(raw, settings, control));
  if (choice.demosaics) return show_colours(raw, network, area, noise, settings, local, control);
  return show_area(raw, network, area, noise, settings, local, control);
}

}  // namespace

std::unique_ptr<Work> raw_walk(RawMaker maker, std::unique_ptr<RawNetworks> networks) {
  return std::make_unique<RawWalk>(std::move(maker), std::move(networks));
}

}  // namespace latent::tasks
