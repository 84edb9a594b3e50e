// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>

#include "app/job_schema.h"
#include "app/task_table.h"
#include "base/path.h"
#include "base/small_file.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/report_options.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace fs = std::filesystem;

namespace {

struct Options {
  std::vector<std::string> jobs;
  bool print_schema = false;
  LimitOptions limits;
  ReportOptions report;
};

constexpr const char* kStandardInput = "-";
constexpr int kLookForStopMs = 50;

/// All of standard input. Signals are taken by another thread and end no read, so none is begun
/// before there is something to read.
Result<std::string> read_standard_input(const std::stop_token& stop) {
  std::string text;
  std::array<char, 65536> block{};
  while (true) {
    if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "cancelled");
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = ::poll(&input, 1, kLookForStopMs);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t count = ready < 0 ? -1 : ::read(STDIN_FILENO, block.data(), block.size());
    if (count < 0) return fail(ErrorCode::Io, "standard input cannot be read");
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > app::kMaxJobBytes) return text;  // too large: from_json() says so
  }
}

Result<app::Job> read_job(const std::string& name, const std::stop_token& stop) {
  if (name == kStandardInput) {
    LATENT_TRY(const std::string text, read_standard_input(stop));
    return app::from_json(text, "the job on standard input", {});
  }
  const fs::path path(name);
  LATENT_TRY(const std::string text, read_small_file(path, app::kMaxJobBytes));
  return app::from_json(text, quoted(path), path.parent_path());
}

Result<std::vector<app::Job>> read_jobs(const Options& options, const std::stop_token& stop) {
  if (options.jobs.empty()) {
    return fail(ErrorCode::Usage, "latent run takes a job's file, or - for standard input");
  }
  if (std::ranges::count(options.jobs, kStandardInput) > 1) {
    return fail(ErrorCode::Usage, "standard input (-) holds one job, and is named twice");
  }
  LATENT_TRY(const Limits limits, options.limits.limits());
  std::vector<app::Job> jobs;
  for (const std::string& name : options.jobs) {
    LATENT_TRY(app::Job job, read_job(name, stop));
    job.limits = limits;
    auto checked = app::check_job(job);
    if (!checked) {
      return fail(checked.error().code, fs::path(name),
                  fmt::format("{}: {}", quoted(fs::path(name)), checked.error().sentence));
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

int run(const Options& options, const std::stop_token& stop) {
  if (options.print_schema) {
    print(app::job_schema());
    return kAllDone;
  }
  const auto jobs = read_jobs(options, stop);
  if (!jobs && jobs.error().code == ErrorCode::Cancelled) {
    print_error(jobs.error().sentence);
    return kCancelled;
  }
  if (!jobs) return usage_error(jobs.error());
  print_folder_notices();
  int worst = kAllDone;
  for (const app::Job& job : *jobs) {
    const int code = options.report.report(
        [&job](app::BatchObserver& observer, const std::stop_token& token) {
          return app::run_job(job, observer, token);
        },
        stop);
    worst = std::max(worst, code);
    if (code == kCancelled) break;
  }
  return worst;
}

}  // namespace

void add_run(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand("run", "Run jobs from JSON files");
  verb->add_option("jobs", options->jobs,
                   "job files (docs/job.md), as --print-job prints them; - reads standard input")
      ->type_name("JOB");
  verb->add_flag("--print-schema", options->print_schema,
                 "print the JSON Schema of jobs, and stop");
  options->limits.declare(*verb);
  options->report.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
