// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/task_table.h"
#include "read/photograph.h"

namespace latent::app {

/// A photograph that was opened and measured once for a task, of which parts are shown under
/// changing settings.
///
/// Threads  one call at a time.
class Preview {
 public:
  /// `job` says task, model and engine; its sources are not looked at.
  ///
  /// Errors   as run_job() before its first file, and tasks::Task::prepare().
  [[nodiscard]] static Result<Preview> open(const Job& job, const read::Photograph& photograph,
                                            const Workplace& at, const RunControl& control);

  [[nodiscard]] const tasks::PreparedFacts& facts() const { return prepared_.facts(); }
  /// Of opening models, one sentence each.
  [[nodiscard]] const std::vector<std::string>& notices() const { return ready_.notices; }

  /// What tasks::Task::show() gives with the settings of `job`, which is of the same task.
  ///
  /// Errors   Usage  a job of another task, or of another factor; as tasks::Task::show().
  [[nodiscard]] Result<tasks::Shown> show(const Job& job, const Rect& region,
                                          const RunControl& control);

 private:
  Preview(ReadyTask ready, tasks::Prepared prepared, read::Photograph photograph, int scale)
      : ready_(std::move(ready)),
        prepared_(std::move(prepared)),
        photograph_(std::move(photograph)),
        scale_(scale) {}

  [[nodiscard]] tl::unexpected<Error> another_task() const;

  ReadyTask ready_;
  tasks::Prepared prepared_;  ///< behind the task: it goes first
  read::Photograph photograph_;
  int scale_ = 1;
};

/// Does a job to one photograph, wherever it is from, and hands the result over in place of a file
/// (tasks::Target::take). Sources and output of the job are not looked at, but for the format,
/// which decides what samples come.
///
/// Errors   as run_job() before its first file, and tasks::Task::run().
[[nodiscard]] Result<TaskAnswer> run_in_memory(const Job& job, const read::Photograph& photograph,
                                               const tasks::RowSink& take, const Workplace& at,
                                               const RunControl& control);

}  // namespace latent::app
