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
  return result->failed == 0 ? kAllDone : kSomeFailed;
}

}  // namespace latent::cli
