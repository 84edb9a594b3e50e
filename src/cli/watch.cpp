// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/watch.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/pattern_job.h"
#include "cli/report_options.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

struct Options {
  std::string folder;
  PatternJob pattern;
  std::vector<std::string> match;
  double settle_s = 2;
  bool only_new = false;
  LimitOptions limits;
  ReportOptions report;
};

Result<app::WatchRequest> request_of(const Options& options) {
  app::WatchRequest request;
  request.folder = options.folder;
  LATENT_TRY(auto pattern, options.pattern.read());
  if (!pattern) {
    return fail(ErrorCode::Usage, "say what to do with the photographs by --task or --job");
  }
  request.pattern = *std::move(pattern);
  LATENT_TRY(request.pattern.limits, options.limits.limits());
  request.match = options.match;
  request.settle = std::chrono::milliseconds(static_cast<std::int64_t>(options.settle_s * 1000));
  request.existing = !options.only_new;
  return request;
}

int run(const Options& options, const std::stop_token& stop) {
  const auto request = request_of(options);
  if (!request) return usage_error(request.error());
  print_folder_notices();
  app::WarmModels warm;
  app::Workplace at;
  at.warm = &warm;
  const int code = options.report.report(
      [&](app::BatchObserver& observer, const std::stop_token& token) {
        return app::watch_folder(*request, observer, token, at);
      },
      stop);
  return code == kCancelled ? kAllDone : code;  // how it is meant to end
}

}  // namespace

void add_watch(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "watch", "Do each photograph of a folder as soon as it is complete, until stopped");
  verb->add_option("folder", options->folder, "the folder to watch; not those below it")
      ->required()
      ->type_name("DIR");
  options->pattern.declare(*verb);
  verb->add_option("--match", options->match, "only these names, as in \"*.NEF\"")
      ->type_name("PATTERN")
      ->allow_extra_args(false);
  verb->add_option("--settle", options->settle_s,
                   "seconds without a change after which a file counts as complete")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  verb->add_flag("--new-only", options->only_new, "leave what is there at the start");
  options->limits.declare(*verb);
  options->report.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
