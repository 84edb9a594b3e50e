// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/settings_table.h"
#include "app/task_rows.h"
#include "read/photograph.h"
#include "tasks/raw_denoise.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

TaskAnswer answer_of(const tasks::RawDenoiseReport& report) {
  TaskAnswer answer;
  answer.common = report;
  const nlohmann::ordered_json facts{{"sensor", sensor_class_name(report.sensor)},
                                     {"noise",
                                      {{"origin", noise_origin_name(report.noise.origin)},
                                       {"a", report.noise.a},
                                       {"b", report.noise.b}}},
                                     {"hot_pixels", report.hot},
                                     {"dead_pixels", report.dead}};
  answer.facts = facts.dump();
  answer.details = {
      fmt::format("{} sensor", sensor_class_name(report.sensor)),
      fmt::format("noise ({}): green variance = {:.3g} x + {:.3g}",
                  noise_origin_name(report.noise.origin), report.noise.a[1], report.noise.b[1]),
      fmt::format("{} hot and {} dead pixels removed", report.hot, report.dead)};
  return answer;
}

Result<Batch> make(const Job& job, Making& making) {
  LATENT_TRY(tasks::Task made,
             tasks::create_raw_denoise({making.package, {}}, making.engine, job.limits));
  const auto task = std::make_shared<tasks::Task>(std::move(made));
  auto settings = std::get<tasks::RawDenoiseSettings>(job.settings);
  settings.threads = job.engine.threads;
  Batch batch;
  const std::string work = job.again ? "" : raw_denoise_row().work;
  batch.run = [task, settings, work, limits = job.limits](
                  const fs::path& source, const OutputName& output,
                  const Batch::Foresee& /*foresee*/,
                  const RunControl& control) -> Result<TaskAnswer> {
    LATENT_TRY(const auto photograph, read::Photograph::open(source, limits));
    if (auto by = done_before(photograph, work)) return done_already(*std::move(by));
    LATENT_TRY(const tasks::AnyReport report,
               task->run(photograph, target_of(output), settings, control));
    return answer_of(std::get<tasks::RawDenoiseReport>(report));
  };
  return batch;
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
  row.make = make;
  return row;
}

}  // namespace latent::app
