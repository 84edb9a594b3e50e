// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/pattern_job.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/name_pattern.h"
#include "base/path.h"
#include "base/small_file.h"

namespace latent::cli {

namespace fs = std::filesystem;

void PatternJob::declare(CLI::App& verb) {
  auto* by_task =
      verb.add_option("--task", task, "what to do with photographs, with the task's defaults")
          ->type_name("TASK");
  verb.add_option("--job", job, "the same with the settings of this job; its sources do not count")
      ->type_name("JOB.json")
      ->excludes(by_task);
  verb.add_option("-O,--output-folder", folder, "folder for the results")->type_name("DIR");
}

Result<std::optional<app::Job>> PatternJob::read() const {
  if (job.empty() && task.empty()) return std::optional<app::Job>();
  app::Job pattern;
  if (job.empty()) {
    LATENT_TRY(pattern, app::new_job(task));
  } else {
    const fs::path path(job);
    LATENT_TRY(const std::string text, read_small_file(path, app::kMaxJobBytes));
    LATENT_TRY(pattern, app::from_json(text, quoted(path), path.parent_path()));
  }
  if (!folder.empty()) pattern.output.folder = folder;
  const auto& file = pattern.output.file;
  if (file && (!folder.empty() || !app::has_variables(*file))) {
    return fail(ErrorCode::Usage,
                "the job names one output file, but there are many sources; take output.file out "
                "of it");
  }
  return std::optional(std::move(pattern));
}

}  // namespace latent::cli
