// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/settings_table.h"
#include "app/task_rows.h"
#include "base/threads.h"
#include "tasks/raw/learned.h"
#include "tasks/raw_denoise.h"

namespace latent::app {

namespace {

TaskAnswer answer_of(const tasks::AnyReport& any) {
  const auto& report = std::get<tasks::RawDenoiseReport>(any);
  TaskAnswer answer;
  answer.common = report;
  nlohmann::ordered_json fringes;
  if (report.fringes_px) {
    fringes = {{"red", (*report.fringes_px)[0]}, {"blue", (*report.fringes_px)[1]}};
  }
  const nlohmann::ordered_json facts{{"sensor", sensor_class_name(report.sensor)},
                                     {"noise",
                                      {{"origin", noise_origin_name(report.noise.origin)},
                                       {"a", report.noise.a},
                                       {"b", report.noise.b}}},
                                     {"hot_pixels", report.hot},
                                     {"dead_pixels", report.dead},
                                     {"demosaiced", report.demosaiced},
                                     {"fringes_px", fringes}};
  answer.facts = facts.dump();
  answer.details = {
      fmt::format("{} sensor", sensor_class_name(report.sensor)),
      fmt::format("noise ({}): green variance = {:.3g} x + {:.3g}",
                  noise_origin_name(report.noise.origin), report.noise.a[1], report.noise.b[1]),
      fmt::format("{} hot and {} dead pixels removed", report.hot, report.dead)};
  if (report.demosaiced) answer.details.emplace_back("three colours a pixel, as a linear DNG");
  if (report.fringes_px) {
    answer.details.push_back(
        fmt::format("colour fringes corrected: in the corners red stood {:+.2f} px and blue "
                    "{:+.2f} px farther out than green",
                    (*report.fringes_px)[0], (*report.fringes_px)[1]));
  }
  return answer;
}

Result<TaskLease> open(const Job& job, Making& making) {
  const std::string key = fmt::format(
      "rawdenoise|{}|{}|{}|{}|{}", making.package->sha256(), making.package->local_int8_key(),
      making.package->path().native(), key_of(making.engine), key_of(job.limits));
  return WarmModels::lease(
      making.at.warm, key, making.engine, [&](const infer::EngineRequest& engine) {
        return tasks::create_raw_denoise({*making.package, {}}, engine, job.limits);
      });
}

tasks::Settings settings_of(const Job& job) {
  auto settings = std::get<tasks::RawDenoiseSettings>(job.settings);
  settings.threads = job.engine.threads;
  return settings;
}

/// Hot and dead sites that all files of a camera show.
TaskRow::Teach teach(const Job& job) {
  const auto& settings = std::get<tasks::RawDenoiseSettings>(job.settings);
  if (settings.hot_pixels != tasks::HotPixels::Learn || settings.strength == 0.0) return {};
  const auto learner = std::make_shared<tasks::SiteLearner>(job.sources, job.limits,
                                                            threads_or_all(job.engine.threads));
  return [learner](const read::Photograph& photograph, tasks::Settings& any,
                   const RunControl& control) -> Status {
    auto& raw = std::get<tasks::RawDenoiseSettings>(any);
    LATENT_TRY(raw.learned, learner->sites_for(photograph, control));
    return {};
  };
}

}  // namespace

TaskRow raw_denoise_row() {
  TaskRow row;
  row.id = "rawdenoise";
  row.work = "raw-denoise";
  row.summary = "Remove sensor noise from raw files; write DNGs that any raw developer opens";
  row.sources = "raw files";
  row.model_task = "rawdenoise";
  row.settings = &raw_denoise_settings();
  row.endings = find_setting(*row.settings, "format")->words;
  row.defaults = tasks::RawDenoiseSettings{};
  row.suffix = [](const Job&) -> std::string { return "_raw-denoise"; };
  row.check = [](const Job&) -> Status { return {}; };
  row.open = open;
  row.settings_of = settings_of;
  row.teach = teach;
  row.answer = answer_of;
  return row;
}

}  // namespace latent::app
