// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/task_table.h"

#include <fmt/format.h>

#include <utility>

#include "app/model_defaults.h"
#include "app/standard_paths.h"
#include "app/task_rows.h"
#include "base/path.h"
#include "metadata/earlier_work.h"

namespace latent::app {

namespace {

/// The same, whose reports have these notices before their own.
Batch::Run with_notices(Batch::Run run, std::vector<std::string> notices) {
  return [run = std::move(run), notices = std::move(notices)](
             const std::filesystem::path& source, const OutputName& output,
             const Batch::Foresee& foresee, const RunControl& control) -> Result<TaskAnswer> {
    LATENT_TRY(auto answer, run(source, output, foresee, control));
    auto& own = answer.common.notices;
    own.insert(own.begin(), notices.begin(), notices.end());
    return answer;
  };
}

Result<Batch> batch_for(const Job& job, const TaskRow& row, const std::stop_token& stop) {
  LATENT_CHECK(check_job(job));
  std::vector<std::string> notices;
  LATENT_TRY(auto package, open_model_for(row.model_task, job.model, &notices));
  Making making{std::move(package), engine_of(job, stop), std::move(notices)};
  LATENT_TRY(Batch batch, row.make(job, making));
  if (!making.notices.empty()) {
    batch.run = with_notices(std::move(batch.run), std::move(making.notices));
  }
  batch.model_id = making.package.manifest().id;
  batch.model_version = making.package.manifest().version;
  batch.sources = job.sources;
  batch.output = job.output;
  batch.results.again = job.again;
  batch.results.made_by = [work = row.work, limits = job.limits](
                              const std::filesystem::path& source) -> std::optional<std::string> {
    const auto photograph = read::Photograph::open(source, limits);
    return photograph ? done_before(*photograph, work) : std::nullopt;
  };
  batch.suffix = row.suffix(job);
  batch.extension = job.format;
  return batch;
}

}  // namespace

const std::vector<TaskRow>& task_table() {
  static const std::vector<TaskRow> table{raw_denoise_row(), denoise_row(), upscale_row()};
  return table;
}

Result<const TaskRow*> task_row(std::string_view id) {
  std::string known;
  for (const TaskRow& row : task_table()) {
    if (row.id == id) return &row;
    known += known.empty() ? row.id : ", " + row.id;
  }
  return fail(ErrorCode::Usage,
              fmt::format("'{}' is no task; there are {}", printable(id.substr(0, 60)), known));
}

std::optional<std::string> done_before(const read::Photograph& photograph,
                                       const std::string& work) {
  if (work.empty()) return std::nullopt;
  for (const auto& earlier : metadata::earlier_work(photograph.metadata().xmp)) {
    if (earlier.task == work) return earlier.by;
  }
  return std::nullopt;
}

TaskAnswer done_already(std::string by) {
  TaskAnswer answer;
  answer.done_before_by = std::move(by);
  return answer;
}

tasks::Target target_of(const OutputName& output) {
  return {output.path, output.overwrite, output.another};
}

infer::EngineRequest engine_of(const Job& job, const std::stop_token& stop) {
  infer::EngineRequest engine = job.engine;
  engine.stop = stop;
  if (engine.cache_dir.empty()) engine.cache_dir = cache_folder();
  return engine;
}

Result<OutputName> usual_output(std::string_view task, const std::filesystem::path& source) {
  LATENT_TRY(const TaskRow* row, task_row(task));
  LATENT_TRY(const Job job, new_job(task));
  return output_name(source, row->suffix(job), job.format, OutputRule{});
}

Result<BatchResult> run_job(const Job& job, BatchObserver& observer, const std::stop_token& stop) {
  LATENT_TRY(const TaskRow* row, task_row(job.task));
  LATENT_TRY(const Batch batch, batch_for(job, *row, stop));
  return run_batch(batch, observer, stop);
}

Result<FileReport> run_one(const Job& job, const RunControl& control) {
  LATENT_TRY(const TaskRow* row, task_row(job.task));
  LATENT_ENSURE(job.sources.size() == 1 && job.output.file.has_value());
  const std::filesystem::path& source = job.sources.front();
  const OutputName output{*job.output.file, false, job.output.if_exists == IfExists::Overwrite, {}};
  LATENT_CHECK(check_is_not_source(output.path, source));
  Job asked = job;
  // The caller named this one source, so that it is a result already is no reason to skip it.
  asked.again = true;
  LATENT_TRY(const Batch batch, batch_for(asked, *row, control.stop));
  LATENT_TRY(auto answer, batch.run(
                              source, output, [](const LargeResult&) {}, control));
  return FileReport{source, output.path, batch.model_id, batch.model_version, std::move(answer)};
}

}  // namespace latent::app
