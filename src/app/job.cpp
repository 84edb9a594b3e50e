// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/job.h"

#include <fmt/format.h>

#include <system_error>

#include "app/name_pattern.h"
#include "app/output_file.h"
#include "app/path_text.h"
#include "app/settings_table.h"
#include "app/task_table.h"
#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

fs::path from_here(const fs::path& path) {
  std::error_code failed;
  fs::path whole = begins_with_a_place(path) ? path : fs::absolute(path, failed);
  return failed ? path : whole;
}

/// A result must not take the place of the mask that it is made with.
Status check_mask_stays(const Job& job, const TaskRow& row) {
  const Setting* setting = find_setting(*row.settings, "mask");
  if (setting == nullptr || !job.output.file) return {};
  const models::Json mask = setting->get(job);
  std::error_code absent;
  if (mask.as_string() == nullptr || !fs::equivalent(*mask.as_string(), *job.output.file, absent)) {
    return {};
  }
  return fail(ErrorCode::Usage, *job.output.file,
              fmt::format("the result would replace its mask {}; name another output",
                          quoted(*job.output.file)));
}

}  // namespace

Result<Job> new_job(std::string_view task) {
  LATENT_TRY(const TaskRow* row, task_row(task));
  Job job;
  job.task = row->id;
  job.settings = row->defaults;
  job.format = row->endings.front();
  return job;
}

Status check_job(const Job& job) {
  LATENT_TRY(const TaskRow* row, task_row(job.task));
  if (job.sources.empty()) return fail(ErrorCode::Usage, "the job has no sources");
  if (job.output.file) LATENT_CHECK(check_variables(*job.output.file));
  if (job.output.folder) LATENT_CHECK(check_variables(*job.output.folder));
  if (job.output.file && job.sources.size() > 1 && !has_variables(*job.output.file)) {
    return fail(ErrorCode::Usage,
                fmt::format("-o (the output's file) names one output, but {} files were given; use "
                            "-O (its folder), or a variable such as $(FILE_NAME) in the name",
                            job.sources.size()));
  }
  if (job.output.file) LATENT_CHECK(check_output_file(*job.output.file, row->id, row->endings));
  if (job.output.folder) LATENT_CHECK(check_output_folder(*job.output.folder));
  LATENT_CHECK(check_mask_stays(job, *row));
  return row->check(job);
}

Job with_absolute_paths(Job job) {
  for (fs::path& source : job.sources) source = from_here(source);
  const auto row = task_row(job.task);
  if (!row) return job;
  for (const Setting& setting : *(*row)->settings) {
    if (setting.form == Form::Paths) {
      models::Json list = setting.get(job);
      for (models::Json& entry : *list.as_array()) {
        entry = models::Json(from_here(*entry.as_string()).native());
      }
      setting.set(job, list);
      continue;
    }
    if (setting.form != Form::Path && setting.form != Form::Name) continue;
    const models::Json value = setting.get(job);
    const auto* text = value.as_string();
    if (text == nullptr) continue;
    if (setting.form == Form::Name && !names_a_path(setting, *text)) continue;
    setting.set(job, models::Json(from_here(*text).native()));
  }
  return job;
}

}  // namespace latent::app
