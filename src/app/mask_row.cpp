// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/mask_files.h"
#include "app/mask_finder.h"
#include "app/path_result.h"
#include "app/settings_table.h"
#include "app/task_rows.h"
#include "tasks/object_mask_work.h"

namespace latent::app {

namespace {

using Facts = nlohmann::ordered_json;

constexpr double kPercent = 100.0;

const MaskChoice& choice_of(const Job& job) { return std::get<MaskChoice>(job.settings); }

TaskAnswer answer_of(const tasks::AnyReport& any) {
  const auto& report = std::get<tasks::ObjectMaskReport>(any);
  TaskAnswer answer;
  answer.common = report;
  const Facts facts{{"width", report.result.width},
                    {"height", report.result.height},
                    {"objects", report.objects},
                    {"share", report.share}};
  answer.facts = facts.dump();
  answer.details = {
      fmt::format("the mask covers {:.1f} % of the picture", report.share * kPercent)};
  return answer;
}

std::string model_task_of(const Job& job) {
  const MaskChoice& choice = choice_of(job);
  return choice.automatic.empty() ? "mask" : "mask-ai-" + choice.automatic;
}

Result<TaskLease> open(const Job& job, Making& making) {
  const MaskChoice& choice = choice_of(job);
  const std::string key = fmt::format(
      "mask|{}|{}|{}|{}|{}", making.package ? making.package->sha256() : std::string("builtin"),
      making.package ? making.package->path().native() : std::string(),
      static_cast<int>(choice.compat), key_of(making.engine), key_of(job.limits));
  return WarmModels::lease(making.at.warm, key, making.engine,
                           [&](const infer::EngineRequest& engine) {
                             tasks::MaskNetworkOptions options;
                             options.engine = engine;
                             options.compat = choice.compat;
                             if (!engine.cache_dir.empty())
                               options.encodings = engine.cache_dir / "encodings";
                             return tasks::create_object_mask(making.package, options);
                           });
}

tasks::Settings settings_of(const Job& job) {
  const tasks::ObjectMaskSettings& settings = choice_of(job);
  return settings;
}

Status check_mask(const Job& job) {
  const MaskChoice& choice = choice_of(job);
  LATENT_CHECK(tasks::check(choice));
  const Setting* prompts = find_setting(mask_settings(), "prompts");
  if (!choice.prompts.empty() && choice.prompts != prompts->words.front() &&
      !names_a_path(*prompts, choice.prompts)) {
    return fail(ErrorCode::Usage,
                "prompts takes beside, or a .json file that latent mask -o FILE.json stored");
  }
  if (!choice.automatic.empty() && is_built_in(job.model)) {
    return fail(ErrorCode::Usage,
                "the built-in selector needs prompts; auto is for models of the task " +
                    model_task_of(job));
  }
  return {};
}

/// Pictures are written by the task; paths go around the mask that it hands over, and the feather
/// belongs to their nodes.
Result<tasks::AnyReport> run(tasks::Task& task, const Job& job, const read::Photograph& photograph,
                             const OutputName& output, const tasks::Settings& settings,
                             const RunControl& control) {
  if (!wants_path(output.path)) {
    return task.run(photograph, target_of(output), settings, control);
  }
  auto hard = std::get<tasks::ObjectMaskSettings>(settings);
  PathResult result;
  result.name = "latent object";
  result.nothing =
      "the mask is empty, so there is no path; click on the object, or lower threshold";
  result.feather_px = std::exchange(hard.mask.feather, 0.0);
  result.edits = choice_of(job).edits;
  result.limits = job.limits;
  return run_as_path(task, photograph, output, hard, result, control);
}

}  // namespace

TaskRow mask_row() {
  TaskRow row;
  row.id = "mask";
  row.summary = "Select objects by prompts or without; write a soft mask or a path for darktable";
  row.sources = "finished pictures: TIFF, PNG, JPEG, OpenEXR, JPEG XL, or raws";
  row.model_task = "mask";
  row.model_task_of = model_task_of;
  row.own_verb = true;
  row.builtin = true;
  row.settings = &mask_settings();
  row.endings = find_setting(*row.settings, "format")->words;
  row.defaults = MaskChoice{};
  row.suffix = [](const Job&) -> std::string { return "_mask"; };
  row.results_by_name = true;
  row.check = check_mask;
  row.open = open;
  row.settings_of = settings_of;
  row.answer = answer_of;
  row.run = run;
  return row;
}

}  // namespace latent::app
