// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/batch.h"
#include "app/job.h"
#include "app/model_defaults.h"
#include "app/setting.h"
#include "app/warm_models.h"
#include "read/photograph.h"
#include "tasks/task.h"

namespace latent::app {

/// What a task is made with.
struct Making {
  std::optional<models::Package> package;  ///< of the row's `model_task`; none: built in
  infer::EngineRequest engine;             ///< as the job asks for it
  std::vector<std::string> notices;        ///< of opening models: told with every file
  const Workplace& at;
};

/// A job as one photograph needs it.
struct Fitted {
  Job job;
  std::vector<std::string> notices;
};

/// What TaskRow::rehearse() tells.
struct Rehearsal {
  std::string json;                ///< one object
  std::vector<std::string> lines;  ///< the same for a person
};

/// All that the program has to know of a task: a new one is a row here, and nothing else in `app`,
/// `cli` or the facade is changed for it.
struct TaskRow {
  std::string id;                    ///< its word in a job, and its verb: "denoise"
  std::string summary;               ///< what the verb does, in one sentence
  std::string sources;               ///< what it takes: "raw files"
  std::string model_task;            ///< the task under which models are enabled for it
  std::vector<std::string> endings;  ///< that its results may have, the usual one first
  const std::vector<Setting>* settings = nullptr;
  TaskSettings defaults;
  /// What it did, in the XMP of its results (metadata::Provenance::task); empty where a result may
  /// be a source again as it is.
  std::string work;
  bool results_by_name = false;  ///< KnownResults::by_name
  std::string no_model;          ///< a sentence where none is enabled; empty: the usual one
  /// The task under which models are enabled for this job, where that is not `model_task`: then
  /// nothing built in stands in for a model. Null: it always is.
  std::string (*model_task_of)(const Job&) = nullptr;
  /// Its verb has more than the task, and is declared for itself (`latent mask`).
  bool own_verb = false;
  bool builtin = false;  ///< it can be done without a model, which then is called "builtin"
  std::string (*suffix)(const Job&) = nullptr;  ///< of results' names: "_denoise"
  /// What a job of it has to agree in before any file is opened.
  Status (*check)(const Job&) = nullptr;
  /// What the settings leave to each photograph, decided for this one. Null: they leave nothing.
  ///
  /// Errors   Usage  the photograph needs nothing of the kind.
  Result<Fitted> (*fit)(const Job&, const read::Photograph&) = nullptr;
  /// Which network of the package a fitted job needs; jobs with the same need one task only.
  int (*variant)(const Job&) = nullptr;
  /// The task with its networks, made or kept (Making::at). May open more models.
  Result<TaskLease> (*open)(const Job&, Making&) = nullptr;
  /// The job's settings as the task takes them.
  tasks::Settings (*settings_of)(const Job&) = nullptr;
  TaskAnswer (*answer)(const tasks::AnyReport&) = nullptr;
  /// Does it for one photograph; null: Task::run() with the output as it is.
  Result<tasks::AnyReport> (*run)(tasks::Task&, const Job&, const read::Photograph&,
                                  const OutputName&, const tasks::Settings&,
                                  const RunControl&) = nullptr;
  /// What the sources of a job teach each other: called for each photograph with its settings. Null,
  /// or an empty function: nothing.
  using Teach = std::function<Status(const read::Photograph&, tasks::Settings&, const RunControl&)>;
  Teach (*teach)(const Job&) = nullptr;
  /// What would be done, found out without doing it, and written where the job says. Null: the verb
  /// has no --dry-run.
  Result<Rehearsal> (*rehearse)(const Job&, const RunControl&) = nullptr;
  /// What a source will become, by its header and where that tells. Null: nobody wants to know.
  std::optional<LargeResult> (*foresee)(const Job&, const read::Photograph&) = nullptr;
};

[[nodiscard]] const std::vector<TaskRow>& task_table();

/// Errors   Usage  there is no such task; the sentence lists those there are.
[[nodiscard]] Result<const TaskRow*> task_row(std::string_view id);

/// The name that a lone source's result would have under the usual rule, for those who foretell it.
///
/// Errors   as output_name().
[[nodiscard]] Result<OutputName> usual_output(std::string_view task,
                                              const std::filesystem::path& source);

/// Does a job, file after file; one that fails is reported and the rest goes on.
///
/// Errors   those of check_job() and of the model packages, before any file is touched.
[[nodiscard]] Result<BatchResult> run_job(const Job& job, BatchObserver& observer,
                                          const std::stop_token& stop, const Workplace& at = {});

/// What run_job() hands to run_batch(): for those who do a job in parts.
///
/// Errors   as run_job().
[[nodiscard]] Result<Batch> batch_of(const Job& job, const Workplace& at);

/// A task that is ready for the photographs of a job, and what the job says of it.
struct ReadyTask {
  TaskLease lease;
  const TaskRow* row = nullptr;
  tasks::Settings settings;
  std::string model_id;
  std::string model_version;
  std::vector<std::string> notices;  ///< of opening models
};

/// When a photograph was taken, as EXIF writes it (DateTimeOriginal); nothing where it does not say.
[[nodiscard]] std::optional<std::string> date_taken(const std::filesystem::path& source,
                                                    const Limits& limits);

/// Opens what a job needs; its sources are not looked at.
///
/// Errors   as run_job().
[[nodiscard]] Result<ReadyTask> ready_task(const Job& job, const Workplace& at);

/// The job as this photograph needs it; the job itself where its settings leave nothing open.
///
/// Errors   as TaskRow::fit.
[[nodiscard]] Result<Fitted> fitted_to(const TaskRow& row, const Job& job,
                                       const read::Photograph& photograph);

}  // namespace latent::app
