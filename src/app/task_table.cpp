// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/task_table.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <utility>

#include "app/model_defaults.h"
#include "app/standard_paths.h"
#include "app/task_rows.h"
#include "base/path.h"
#include "metadata/earlier_work.h"
#include "metadata/tiff_fields.h"

namespace latent::app {

namespace {

int variant_of(const TaskRow& row, const Job& job) {
  return row.variant == nullptr ? 0 : row.variant(job);
}

/// The tasks that the photographs of one job turn out to need: one, for most jobs.
class ReadyTasks {
 public:
  ReadyTasks(const Job& job, ReadyTask first, Workplace at) : row_(first.row), at_(std::move(at)) {
    tasks_.emplace(variant_of(*row_, job), std::move(first));
  }

  [[nodiscard]] const TaskRow& row() const { return *row_; }

  Result<ReadyTask*> get(const Job& fitted) {
    const int variant = variant_of(*row_, fitted);
    const auto found = tasks_.find(variant);
    if (found != tasks_.end()) return &found->second;
    LATENT_TRY(ReadyTask ready, ready_task(fitted, at_));
    return &tasks_.emplace(variant, std::move(ready)).first->second;
  }

 private:
  const TaskRow* row_;
  Workplace at_;
  std::map<int, ReadyTask> tasks_;
};

constexpr const char* kBuiltIn = "builtin";

/// The model that a job is done with; none where the task can do without and none is named or
/// enabled.
Result<std::optional<models::Package>> package_for(const TaskRow& row, const Job& job,
                                                   std::vector<std::string>& notices,
                                                   const Workplace& at) {
  using MaybePackage = std::optional<models::Package>;
  const std::string task = row.model_task_of == nullptr ? row.model_task : row.model_task_of(job);
  const bool builtin = row.builtin && task == row.model_task;
  if (builtin && job.model == kBuiltIn) return MaybePackage{};
  auto package = open_model_for(task, job.model, &notices, at);
  if (package) return MaybePackage(*std::move(package));
  if (builtin && job.model.empty() && package.error().code == ErrorCode::NotFound) {
    return MaybePackage{};
  }
  if (!row.no_model.empty() && job.model.empty() && package.error().code == ErrorCode::NotFound) {
    return fail(ErrorCode::NotFound, row.no_model);
  }
  return tl::make_unexpected(std::move(package).error());
}

/// Opens one photograph after the other and does the task.
Batch::Run run_of(const Job& job, ReadyTask first, const Workplace& at) {
  const std::string work = job.again ? "" : first.row->work;
  const auto tasks = std::make_shared<ReadyTasks>(job, std::move(first), at);
  const TaskRow& of_task = tasks->row();
  const TaskRow::Teach teach = of_task.teach != nullptr ? of_task.teach(job) : TaskRow::Teach();
  Job each = job;
  each.sources.clear();  // it is copied for each of them
  return [job = std::move(each), work, tasks, teach](
             const std::filesystem::path& source, const OutputName& output,
             const Batch::Foresee& foresee, const RunControl& control) -> Result<TaskAnswer> {
    const TaskRow& row = tasks->row();
    LATENT_TRY(const auto photograph, read::Photograph::open(source, job.limits));
    if (auto by = done_before(photograph, work)) return done_already(*std::move(by));
    LATENT_TRY(const Fitted fitted, fitted_to(row, job, photograph));
    LATENT_TRY(ReadyTask * ready, tasks->get(fitted.job));
    const auto watching = ready->lease.watch(control.stop);
    if (row.foresee != nullptr) {
      if (const auto result = row.foresee(fitted.job, photograph)) foresee(*result);
    }
    tasks::Settings settings = row.settings_of(fitted.job);
    if (teach) LATENT_CHECK(teach(photograph, settings, control));
    LATENT_TRY(const tasks::AnyReport report,
               row.run != nullptr
                   ? row.run(ready->lease.task(), fitted.job, photograph, output, settings, control)
                   : ready->lease.task().run(photograph, target_of(output), settings, control));
    TaskAnswer answer = row.answer(report);
    auto& own = answer.common.notices;
    own.insert(own.begin(), ready->notices.begin(), ready->notices.end());
    own.insert(own.end(), fitted.notices.begin(), fitted.notices.end());
    return answer;
  };
}

Batch batch_for(const Job& job, ReadyTask ready, const Workplace& at) {
  const TaskRow& row = *ready.row;
  Batch batch;
  batch.model_id = ready.model_id;
  batch.model_version = ready.model_version;
  batch.run = run_of(job, std::move(ready), at);
  batch.sources = job.sources;
  batch.output = job.output;
  batch.results.again = job.again;
  batch.results.by_name = row.results_by_name;
  batch.results.made_by = [work = row.work, limits = job.limits](
                              const std::filesystem::path& source) -> std::optional<std::string> {
    const auto photograph = read::Photograph::open(source, limits);
    return photograph ? done_before(*photograph, work) : std::nullopt;
  };
  batch.names.task = row.id;
  batch.names.taken = [limits = job.limits](const std::filesystem::path& source) {
    return date_taken(source, limits);
  };
  batch.suffix = row.suffix(job);
  batch.extension = job.format;
  return batch;
}

}  // namespace

const std::vector<TaskRow>& task_table() {
  static const std::vector<TaskRow> table{raw_denoise_row(), denoise_row(), upscale_row(),
                                          erase_row(),       depth_row(),   mask_row()};
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

std::optional<std::string> date_taken(const std::filesystem::path& source, const Limits& limits) {
  const auto photograph = read::Photograph::open(source, limits);
  if (!photograph) return std::nullopt;
  for (const metadata::Field& field : photograph->metadata().photo) {
    if (field.tag == metadata::tag::kDateTimeOriginal) {
      return std::string(field.bytes.begin(), field.bytes.end());
    }
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

infer::EngineRequest engine_of(const Job& job, const Places& places) {
  infer::EngineRequest engine = job.engine;
  engine.stop = {};
  if (engine.cache_dir.empty()) engine.cache_dir = places.cache;
  return engine;
}

Result<ReadyTask> ready_task(const Job& job, const Workplace& at) {
  LATENT_TRY(const TaskRow* row, task_row(job.task));
  std::vector<std::string> notices;
  LATENT_TRY(auto package, package_for(*row, job, notices, at));
  Making making{std::move(package), engine_of(job, at.places), std::move(notices), at};
  LATENT_TRY(TaskLease lease, row->open(job, making));
  const bool by_model = making.package.has_value();
  return ReadyTask{std::move(lease),
                   row,
                   row->settings_of(job),
                   by_model ? making.package->manifest().id : kBuiltIn,
                   by_model ? making.package->manifest().version : std::string(),
                   std::move(making.notices)};
}

Result<Fitted> fitted_to(const TaskRow& row, const Job& job, const read::Photograph& photograph) {
  if (row.fit == nullptr) return Fitted{job, {}};
  return row.fit(job, photograph);
}

Result<OutputName> usual_output(std::string_view task, const std::filesystem::path& source) {
  LATENT_TRY(const TaskRow* row, task_row(task));
  LATENT_TRY(const Job job, new_job(task));
  return output_name(source, row->suffix(job), job.format, OutputRule{});
}

Result<BatchResult> run_job(const Job& job, BatchObserver& observer, const std::stop_token& stop,
                            const Workplace& at) {
  LATENT_TRY(const Batch batch, batch_of(job, at));
  return run_batch(batch, observer, stop);
}

Result<Batch> batch_of(const Job& job, const Workplace& at) {
  LATENT_CHECK(check_job(job));
  LATENT_TRY(ReadyTask ready, ready_task(job, at));
  return batch_for(job, std::move(ready), at);
}

}  // namespace latent::app
