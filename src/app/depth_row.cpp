// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "app/mask_files.h"
#include "app/path_result.h"
#include "app/settings_table.h"
#include "app/task_rows.h"
#include "mask/place_text.h"
#include "tasks/depth.h"

namespace latent::app {

namespace {

using Facts = nlohmann::ordered_json;

constexpr double kPercent = 100.0;

TaskAnswer answer_of(const tasks::AnyReport& any) {
  const auto& report = std::get<tasks::DepthReport>(any);
  TaskAnswer answer;
  answer.common = report;
  Facts facts{{"width", report.result.width},
              {"height", report.result.height},
              {"network", {report.network.width, report.network.height}},
              {"nearest", report.nearest},
              {"farthest", report.farthest},
              {"share", report.share}};
  facts["at_point"] = report.at_point ? Facts(*report.at_point * kPercent) : Facts(nullptr);
  answer.facts = facts.dump();
  answer.details = {
      fmt::format("the network looked at {} x {} pixels; nearest {:.4g}, farthest "
                  "{:.4g} in its numbers",
                  report.network.width, report.network.height, report.nearest, report.farthest)};
  if (report.at_point) {
    answer.details.push_back(
        fmt::format("the point lies at a depth of {:.1f} %", *report.at_point * kPercent));
  }
  if (report.share < 1) {
    answer.details.push_back(
        fmt::format("the mask covers {:.1f} % of the picture", report.share * kPercent));
  }
  return answer;
}

Result<TaskLease> open(const Job& job, Making& making) {
  const std::string key =
      fmt::format("depth|{}|{}|{}|{}", making.package->sha256(), making.package->path().native(),
                  key_of(making.engine), key_of(job.limits));
  return WarmModels::lease(making.at.warm, key, making.engine,
                           [&](const infer::EngineRequest& engine) {
                             return tasks::create_depth(*making.package, engine, job.limits);
                           });
}

tasks::Settings settings_of(const Job& job) {
  auto settings = std::get<tasks::DepthSettings>(job.settings);
  settings.threads = job.engine.threads;
  return settings;
}

Status check_depth(const Job& job) {
  const auto& settings = std::get<tasks::DepthSettings>(job.settings);
  LATENT_CHECK(tasks::check(settings));
  if (!settings.point.empty()) LATENT_CHECK(mask::parse_places(settings.point, 2));
  const std::filesystem::path target = job.output.file.value_or("x." + job.format);
  if (wants_path(target) && !settings.is_mask()) {
    return fail(ErrorCode::Usage,
                "a depth map has no outline; say with --near, --far or --point which part of it "
                "the path goes around");
  }
  return {};
}

/// Pictures are written by the task; paths go around the mask that it hands over.
Result<tasks::AnyReport> run(tasks::Task& task, const Job& job, const read::Photograph& photograph,
                             const OutputName& output, const tasks::Settings& settings,
                             const RunControl& control) {
  if (!wants_path(output.path)) {
    return task.run(photograph, target_of(output), settings, control);
  }
  PathResult result;
  result.name = "latent depth";
  result.nothing = "no part of the picture lies in that range of depths, so there is no path";
  result.edits = output.overwrite ? EditRule::Replace : EditRule::Keep;
  result.limits = job.limits;
  return run_as_path(task, photograph, output, settings, result, control);
}

}  // namespace

TaskRow depth_row() {
  TaskRow row;
  row.id = "depth";
  row.summary = "Write the depth of a photograph as a map, or a mask of a range of depths";
  row.sources = "finished pictures: TIFF, PNG, JPEG, OpenEXR, JPEG XL, or raws";
  row.model_task = "depth";
  row.no_model =
      "depth needs a network, and none ships with Latent: make or get the package "
      "mask-depth-da2-small or mask-depth-da3mono-large (docs/depth.md says how), then latent "
      "models install ID --from FILE.dtmodel, or give it with --model FILE.dtmodel";
  row.settings = &depth_settings();
  row.endings = find_setting(*row.settings, "format")->words;
  row.defaults = tasks::DepthSettings{};
  row.suffix = [](const Job&) -> std::string { return "_depth"; };
  row.results_by_name = true;
  row.check = check_depth;
  row.open = open;
  row.settings_of = settings_of;
  row.answer = answer_of;
  row.run = run;
  return row;
}

}  // namespace latent::app
