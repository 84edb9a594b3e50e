// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/walk.h"

#include <fmt/format.h>

#include <utility>

#include "base/path.h"
#include "base/threads.h"
#include "raw/estimate_noise.h"
#include "tasks/raw/linear_rows.h"

namespace latent::tasks {

namespace fs = std::filesystem;

Result<models::CfaKind> cfa_kind(SensorClass sensor) {
  switch (sensor) {
    case SensorClass::Bayer:
      return models::CfaKind::Bayer;
    case SensorClass::XTrans:
      return models::CfaKind::XTrans;
    case SensorClass::Mono:
      return models::CfaKind::Mono;
    default:
      return fail(ErrorCode::Unsupported,
                  fmt::format("has a {} sensor, whose mosaic raw denoise does not take; develop it "
                              "with a raw developer instead",
                              sensor_class_name(sensor)));
  }
}

Status check_taken(const fs::path& source, const read::RawFacts& facts) {
  if (facts.opens_as_linear) return {};
  std::string obstacle = facts.obstacle;
  if (facts.opens_as_mosaic) {
    const auto kind = cfa_kind(facts.sensor);
    if (kind) return {};
    obstacle = kind.error().message;
  }
  return fail(ErrorCode::Unsupported, quoted(source) + " " + obstacle);
}

Result<Rect> area_in_frame(const RawDenoiseSettings& settings, const Rect& active,
                           const Rect& crop) {
  if (!settings.region) return Rect{0, 0, active.width, active.height};
  const Rect& region = *settings.region;
  if (region.empty() || !Rect{0, 0, crop.width, crop.height}.contains(region)) {
    return fail(
        ErrorCode::Usage,
        fmt::format("the region {},{},{},{} lies outside the picture of {} x {} pixels", region.x,
                    region.y, region.width, region.height, crop.width, crop.height));
  }
  return Rect{region.x + crop.x - active.x, region.y + crop.y - active.y, region.width,
              region.height};
}

metadata::Provenance raw_provenance(const models::Package& package, const NoiseModel& noise,
                                    const RawDenoiseSettings& settings) {
  metadata::Provenance provenance;
  provenance.latent_version = LATENT_VERSION;
  provenance.task = "raw-denoise";
  provenance.model_id = package.manifest().id;
  provenance.model_version = package.manifest().version;
  provenance.model_sha256 = package.sha256();
  provenance.strength_percent = 100.0 * settings.strength;
  provenance.noise = noise;
  provenance.noise_scale = settings.noise_scale;
  return provenance;
}

Result<NoiseModel> noise_of(const Mosaic& mosaic, const RawDenoiseSettings& settings) {
  if (settings.noise) return *settings.noise;
  if (mosaic.noise_profile) return *mosaic.noise_profile;
  LATENT_TRY(const raw::NoiseEstimate estimate,
             raw::estimate_noise(mosaic, threads_or_all(settings.threads)));
  return estimate.model;
}

Result<NoiseModel> noise_of(const LinearRaw& picture, const RawDenoiseSettings& settings) {
  if (settings.noise) return *settings.noise;
  if (picture.noise_profile) return *picture.noise_profile;
  return estimate_noise_by_channel(picture, threads_or_all(settings.threads));
}

Status check(const RawDenoiseSettings& settings) {
  if (!(settings.strength >= 0.0 && settings.strength <= 1.0)) {
    return fail(ErrorCode::Usage, "the strength must lie between 0 and 100 percent");
  }
  if (!(settings.noise_scale > 0.0)) {
    return fail(ErrorCode::Usage, "the noise scale must be above 0");
  }
  return {};
}

RawRows::Plan rows_plan_of(const fs::path& source, const fs::path& target, const Rect& area,
                           const NoiseModel& noise, const RawDenoiseSettings& settings) {
  RawRows::Plan plan;
  plan.target = target;
  plan.area = area;
  plan.seen = area;
  plan.whole = !settings.region.has_value();
  plan.strength = settings.strength;
  plan.noise = noise;
  plan.options.compression = settings.compression == DngCompression::None
                                 ? write::DngCompression::None
                                 : write::DngCompression::LosslessJpeg;
  plan.options.overwrite = settings.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  plan.options.access = FileAccess::of(source);
  plan.options.threads = threads_or_all(settings.threads);
  return plan;
}

Result<std::vector<raw::Defect>> repair_defects(Mosaic& mosaic, const RawDenoiseSettings& settings,
                                                RawDenoiseReport& report) {
  if (!settings.repair_defects || settings.strength == 0.0) return std::vector<raw::Defect>{};
  LATENT_TRY(raw::DefectReport found,
             raw::find_defects(mosaic, report.noise, threads_or_all(settings.threads)));
  raw::repair(mosaic, found.defects);
  report.hot = found.hot;
  report.dead = found.dead;
  for (const auto& [colour, name] : {std::pair{0, "red"}, std::pair{2, "blue"}}) {
    if (!found.spared[colour]) continue;
    report.notices.push_back(
        fmt::format("single {0} points were left as they are: there are far more of them than of "
                    "green ones, so "
                    "that they are taken for distant lights, not for hot pixels",
                    name));
  }
  return std::move(found.defects);
}

}  // namespace latent::tasks
