// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/batch.h"
#include "app/job.h"
#include "app/setting.h"

namespace latent::app {

/// What a task is made with.
struct Making {
  models::Package package;           ///< of the row's `model_task`
  infer::EngineRequest engine;       ///< as the job asks for it
  std::vector<std::string> notices;  ///< of opening models: told with every file
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
  std::string work;  ///< what it did, in the XMP of its results (metadata::Provenance::task)
  std::string (*suffix)(const Job&) = nullptr;  ///< of results' names: "_denoise"
  /// What a job of it has to agree in before any file is opened.
  Status (*check)(const Job&) = nullptr;
  /// Makes the `run` of a batch; run_job() fills in the rest of it. May open more models.
  Result<Batch> (*make)(const Job&, Making&) = nullptr;
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
                                          const std::stop_token& stop);

/// Does a job of one source and a named output, for callers that wait for the answer. A source that
/// is a result already is done all the same: it was named alone.
///
/// Errors   as run_job(), and those of the task.
[[nodiscard]] Result<FileReport> run_one(const Job& job, const RunControl& control);

}  // namespace latent::app
