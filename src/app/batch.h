// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/output_name.h"
#include "app/output_plan.h"
#include "base/run_control.h"
#include "tasks/task_report.h"

namespace latent::app {

/// What a task tells of one file when it is done.
struct TaskAnswer {
  tasks::TaskReport common;  ///< what every task tells
  /// What only this one tells: a JSON object, its keys in the order in which they are shown.
  std::string facts = "{}";
  std::vector<std::string> details;  ///< the same as lines for a person
  /// Who did this to the photograph before ("Latent 0.1.0"): then nothing was done now.
  std::string done_before_by;
};

/// What a batch tells of one file when it is done.
struct FileReport {
  std::filesystem::path source;
  std::filesystem::path output;
  std::string model_id;
  std::string model_version;
  TaskAnswer task;
};

/// Why a source was not done, though nothing is wrong.
struct Skipped {
  enum class Why : std::uint8_t {
    Exists,    ///< its result, `other`, is there, and the rule says to leave it
    Result,    ///< it is a result of this task already
    SameFile,  ///< it is the file `other`, which stands in the list before it
    ResultOf   ///< it is the result of `other`, which stands in the list too
  };
  Why why = Why::Exists;
  std::filesystem::path other;
  std::string reason;  ///< for a person, to stand behind "skipped: "
};

/// A result so large that the user should know before it is there.
struct LargeResult {
  Size size;
  std::uint64_t bytes = 0;  ///< of its samples, before compression
  double seconds = 0;       ///< expected for the whole file; 0: not known yet
};

/// Results above this are announced.
inline constexpr std::int64_t kLargeResultPixels = 60'000'000;

/// Told of a batch as it goes on, from the thread that runs it or from one at a time of its
/// workers.
class BatchObserver {
 public:
  BatchObserver() = default;
  BatchObserver(const BatchObserver&) = delete;
  BatchObserver& operator=(const BatchObserver&) = delete;
  virtual ~BatchObserver() = default;

  virtual void started(const std::filesystem::path& source, std::size_t index,
                       std::size_t count) = 0;
  virtual void progressed(double fraction_of_file) = 0;
  /// Once a file, as soon as its pace is known.
  virtual void expects(const std::filesystem::path& source, const LargeResult& result) = 0;
  virtual void finished(const FileReport& report) = 0;
  virtual void skipped(const std::filesystem::path& source, const Skipped& why) = 0;
  virtual void failed(const std::filesystem::path& source, const Error& error) = 0;
};

struct BatchResult {
  std::size_t done = 0;
  std::size_t skipped = 0;
  std::size_t failed = 0;
  bool cancelled = false;
};

/// One task over many files.
struct Batch {
  /// Told what a source will become, once its header is read and where that tells.
  using Foresee = std::function<void(const LargeResult& result)>;
  using Run = std::function<Result<TaskAnswer>(const std::filesystem::path& source,
                                               const OutputName& output, const Foresee& foresee,
                                               const RunControl& control)>;

  std::vector<std::filesystem::path> sources;
  OutputRule output;
  std::string suffix;     ///< "_denoise"
  std::string extension;  ///< "tif"
  std::string model_id;
  std::string model_version;
  Run run;
  KnownResults results;  ///< how the plan knows results among the sources
  NameSources names;     ///< what variables of names need
};

/// Runs file after file; one that fails is reported and the rest goes on. What throws all the same
/// ends its own file only. Results are named by an OutputPlan, so that none replaces another of the
/// same run, nor a source. A file that is listed twice is done once; what is a result of the task
/// already is skipped. A name that another program takes while a result is made is judged by the
/// rule anew.
[[nodiscard]] BatchResult run_batch(const Batch& batch, BatchObserver& observer,
                                    const std::stop_token& stop);

/// The same for those sources of the batch that `wanted` gives true for when their turn comes,
/// under names that were worked out for all of them.
[[nodiscard]] BatchResult run_part(const Batch& batch, const OutputPlan& plan,
                                   const std::function<bool(std::size_t index)>& wanted,
                                   BatchObserver& observer, const std::stop_token& stop);

/// The names of all results of a batch. It must not outlive the batch.
[[nodiscard]] OutputPlan plan_of(const Batch& batch);

}  // namespace latent::app
