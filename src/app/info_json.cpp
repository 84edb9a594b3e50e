// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "app/info.h"
#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

Json rect_json(const Rect& rect) { return {rect.x, rect.y, rect.width, rect.height}; }

Json noise_json(const RawInfo& info) {
  if (!info.noise) return nullptr;
  return {{"origin", noise_origin_name(info.noise->origin)},
          {"a", info.noise->a},
          {"b", info.noise->b},
          {"confidence", info.noise_confidence}};
}

Json json_of(const fs::path& file, const RawInfo& info) {
  const read::RawFacts& facts = info.facts;
  Json metadata = Json::object();
  for (const auto& field : info.described) {
    metadata[printable(field.name)] = printable(field.value);
  }
  Json report{{"file", displayed(file)},
              {"container", printable(facts.container)},
              {"sensor", sensor_class_name(facts.sensor)},
              {"cfa", facts.cfa_letters},
              {"buffer", {facts.buffer.width, facts.buffer.height}},
              {"active", rect_json(facts.active)},
              {"crop", rect_json(facts.crop)},
              {"bits", facts.bits_per_sample},
              {"floating_point", facts.is_float},
              {"levels_are_final", facts.levels_are_final},
              {"black", facts.levels.black.counts},
              {"black_period", {facts.levels.black.period.width, facts.levels.black.period.height}},
              {"white", facts.levels.white},
              {"orientation", facts.orientation},
              {"make", printable(facts.camera.make)},
              {"model", printable(facts.camera.model)},
              {"iso", facts.camera.iso},
              {"as_shot_wb", facts.camera.as_shot_wb},
              {"as_shot_wb_known", facts.camera.as_shot_wb_known},
              {"noise", noise_json(info)},
              {"metadata", metadata},
              {"warnings", info.warnings}};
  report["output"] = info.output.empty() ? Json(nullptr) : Json(displayed(info.output));
  report["refusal"] = info.refusal.empty() ? Json(nullptr) : Json(info.refusal);
  return report;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json json_of(const fs::path& file, const PictureInfo& info) {
  const read::PictureFacts& facts = info.facts;
  Json metadata = Json::object();
  for (const auto& field : info.described) {
    metadata[printable(field.name)] = printable(field.value);
  }
  Json report{{"file", displayed(file)},
              {"format", printable(facts.format)},
              {"width", facts.size.width},
              {"height", facts.size.height},
              {"colours", facts.colours},
              {"alpha", facts.alpha},
              {"depth", sample_depth_name(facts.depth)},
              {"orientation", facts.orientation},
              {"profile", text_or_null(info.profile)},
              {"profile_embedded", info.profile_from_file},
              {"profile_stated", info.profile_stated}};
  report["noise"] = nullptr;
  if (info.level) {
    const rgb::LevelInterval interval = rgb::interval_of(*info.level);
    report["noise"] = {{"overall", info.level->overall()},
                       {"interval", {interval.least, interval.most}},
                       {"used", rgb::cautious_level(*info.level).overall()},
                       {"texture", info.level->texture_doubt},
                       {"sigma", info.level->sigma},
                       {"confidence", info.level->confidence}};
  }
  report["metadata"] = metadata;
  report["warnings"] = info.warnings;
  report["output"] = info.output.empty() ? Json(nullptr) : Json(displayed(info.output));
  report["refusal"] = text_or_null(info.refusal);
  return report;
}

}  // namespace

std::string to_json(const fs::path& file, const std::variant<RawInfo, PictureInfo>& info) {
  return std::visit([&](const auto& each) { return json_of(file, each).dump(2) + "\n"; }, info);
}

}  // namespace latent::app
