// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/info.h"

#include <variant>

#include "base/path.h"
#include "facade/convert.h"
#include "facade/state.h"

namespace latent::v0 {

namespace {

PhotographInfo told(const app::RawInfo& raw) {
  PhotographInfo info;
  info.is_raw = true;
  info.width = raw.facts.crop.width;
  info.height = raw.facts.crop.height;
  info.orientation = raw.facts.orientation;
  info.format = raw.facts.container;
  info.make = raw.facts.camera.make;
  info.model = raw.facts.camera.model;
  info.sensor = sensor_class_name(raw.facts.sensor);
  info.cfa = raw.facts.cfa_letters;
  if (raw.noise) info.noise = facade::noise_of(*raw.noise);
  return info;
}

PhotographInfo told(const app::PictureInfo& picture) {
  constexpr double kSteps = 255.0;
  PhotographInfo info;
  info.width = picture.facts.size.width;
  info.height = picture.facts.size.height;
  info.orientation = picture.facts.orientation;
  info.format = picture.facts.format;
  info.profile = picture.profile;
  if (picture.level) info.level = static_cast<double>(picture.level->overall()) * kSteps;
  return info;
}

}  // namespace

Outcome<PhotographInfo> Library::info(const std::filesystem::path& photograph) const {
  return facade::outcome_of<PhotographInfo>([&]() -> Result<PhotographInfo> {
    LATENT_TRY(const auto found, app::info(photograph, state_->limits));
    PhotographInfo info = std::visit([](const auto& each) { return told(each); }, found);
    std::visit(
        [&](const auto& each) {
          info.warnings = each.warnings;
          info.output = each.output;
          info.refusal = each.refusal;
        },
        found);
    info.json = app::to_json(photograph, found);
    return info;
  });
}

}  // namespace latent::v0
