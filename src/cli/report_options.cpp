// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/report_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "cli/batch_reporters.h"
#include "cli/exit_code.h"
#include "cli/output.h"

namespace latent::cli {

namespace {

void print_json_error(const Error& error) {
  const nlohmann::ordered_json event{{"event", "error"},
                                     {"file", nullptr},
                                     {"code", error_code_name(error.code)},
                                     {"message", error.sentence}};
  print(fmt::format("{}\n", event.dump()));
}

/// "28 done, 2 failed": where there were several.
void print_count(const app::BatchResult& result) {
  if (result.done + result.skipped + result.failed < 2) return;
  std::string line = fmt::format("{} done", result.done);
  if (result.skipped > 0) line += fmt::format(", {} skipped", result.skipped);
  if (result.failed > 0) line += fmt::format(", {} failed", result.failed);
  print(line + "\n");
}

}  // namespace

void ReportOptions::declare(CLI::App& verb) {
  auto* as_json = verb.add_flag("--json", json, "print JSON on stdout, one object a line");
  auto* less =
      verb.add_flag("-q,--quiet", quiet, "print only errors and notices")->excludes(as_json);
  verb.add_flag("-v,--verbose", verbose, "also print details and timings")->excludes(less);
}

int ReportOptions::report(const Run& run, const std::stop_token& stop) const {
  if (verbose) set_log_level(LogLevel::Info);
  const Verbosity verbosity = quiet     ? Verbosity::Quiet
                              : verbose ? Verbosity::Verbose
                                        : Verbosity::Normal;
  const auto reporter = json ? json_reporter() : text_reporter(verbosity);
  const auto result = run(*reporter, stop);
  if (!result) {
    if (json) {
      print_json_error(result.error());
    } else {
      print_error(result.error().sentence);
    }
    return exit_code_of(result.error().code);
  }
  if (result->cancelled) {
    if (!json) print_error("cancelled; nothing half-written is left");
    return kCancelled;
  }
  if (!json && verbosity != Verbosity::Quiet) print_count(*result);
  return result->failed == 0 ? kAllDone : kSomeFailed;
}

}  // namespace latent::cli
