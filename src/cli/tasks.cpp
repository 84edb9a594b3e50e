// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that do a task: each makes a job of its command line.
#include <CLI/CLI.hpp>
#include <memory>

#include "app/folder_sources.h"
#include "app/output_file.h"
#include "app/task_table.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/report_options.h"
#include "cli/setting_options.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  SettingOptions settings;
  bool overwrite = false;
  bool skip_existing = false;
  bool print_job = false;
  bool dry_run = false;
  bool recursive = false;
  LimitOptions limits;
  ReportOptions report;
};

void declare(CLI::App& verb, const app::TaskRow& row, Options& options) {
  verb.add_option("files", options.files, row.sources + "; or folders of them")
      ->required()
      ->type_name("FILE");
  verb.add_flag("-r,--recursive", options.recursive, "of folders also the folders below");
  options.settings.declare(verb, *row.settings, app::new_job(row.id).value_or(app::Job{}));
  auto* replace = verb.add_flag("--overwrite", options.overwrite, "replace existing files");
  verb.add_flag("--skip-existing", options.skip_existing, "skip files whose result exists")
      ->excludes(replace);
  verb.add_flag("--print-job", options.print_job, "print the job as JSON for latent run, and stop");
  if (row.rehearse != nullptr) {
    verb.add_flag("--dry-run", options.dry_run, "only tell what would be done; write no picture");
  }
  options.limits.declare(verb);
  options.report.declare(verb);
}

app::IfExists if_exists(const Options& options, const app::Job& job) {
  if (options.overwrite) return app::IfExists::Overwrite;
  if (options.skip_existing) return app::IfExists::Skip;
  return job.output.file ? app::IfExists::Refuse : app::IfExists::NextFreeName;
}

Result<app::Job> job_of(const app::TaskRow& row, const Options& options) {
  LATENT_TRY(app::Job job, app::new_job(row.id));
  LATENT_TRY(job.sources,
             app::gathered({options.files.begin(), options.files.end()}, row,
                           options.recursive ? app::Folders::Recursive : app::Folders::Flat));
  LATENT_CHECK(options.settings.into(job));
  app::recognise_folder(job.output);
  job.output.if_exists = if_exists(options, job);
  LATENT_TRY(job.limits, options.limits.limits());
  LATENT_CHECK(app::check_job(job));
  return job;
}

int run(const app::TaskRow& row, const Options& options, const std::stop_token& stop) {
  const auto job = job_of(row, options);
  if (!job) return usage_error(job.error());
  if (options.print_job) {
    print(app::to_json(app::with_absolute_paths(*job)));
    return kAllDone;
  }
  if (options.dry_run) {
    const auto told = row.rehearse(*job, RunControl{stop, {}});
    if (!told) {
      print_error(told.error().sentence);
      return told.error().code == ErrorCode::Usage ? kUsage : kSomeFailed;
    }
    if (options.report.json) {
      print(told->json);
    } else {
      for (const std::string& line : told->lines) print(line + "\n");
    }
    return kAllDone;
  }
  print_folder_notices();
  return options.report.report(
      [&job](app::BatchObserver& observer, const std::stop_token& token) {
        return app::run_job(*job, observer, token);
      },
      stop);
}

}  // namespace

void add_tasks(CLI::App& program, RunVerb& run_verb) {
  for (const app::TaskRow& row : app::task_table()) {
    if (row.own_verb) continue;
    auto options = std::make_shared<Options>();
    CLI::App* verb = program.add_subcommand(row.id, row.summary);
    declare(*verb, row, *options);
    verb->callback([options, &row, &run_verb] {
      run_verb = [options, &row](const std::stop_token& stop) { return run(row, *options, stop); };
    });
  }
}

}  // namespace latent::cli
