// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/batch_options.h"

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
                                     {"message", error.message}};
  print(fmt::format("{}\n", event.dump()));
}

}  // namespace

void BatchOptions::declare(CLI::App& verb, const char* what, const char* result) {
  verb.add_option("files", files, what)->required()->type_name("FILE");
  auto* one = verb.add_option("-o,--output", output,
                              fmt::format("the {} to write (one FILE only)", result));
  verb.add_option("-O,--output-folder", folder,
                  fmt::format("the folder for each {}, made if missing", result))
      ->excludes(one);
  verb.add_option("--model", model,
                  "a model's id, or a .dtmodel file; else the one enabled for the task");
  engine.declare(verb);
  verb.add_option("--compat", compat, kCompatHelp)->capture_default_str();
  auto* replace = verb.add_flag("--overwrite", overwrite, "replace what is there");
  verb.add_flag("--skip-existing", skip_existing, "leave files whose result is there")
      ->excludes(replace);
  auto* as_json = verb.add_flag("--json", json, "one JSON object a line on stdout");
  auto* less = verb.add_flag("-q,--quiet", quiet, "only what went wrong")->excludes(as_json);
  verb.add_flag("-v,--verbose", verbose, "what was done and where the time went")->excludes(less);
  limits.declare(verb);
}

Result<app::OutputRule> BatchOptions::output_rule() const {
  if (!output.empty() && files.size() > 1) {
    return fail(ErrorCode::Usage,
                fmt::format("-o names one output, but {} files were given; use -O with a folder",
                            files.size()));
  }
  app::OutputRule rule;
  if (!output.empty()) rule.file = output;
  if (!folder.empty()) rule.folder = folder;
  rule.if_exists = overwrite        ? app::IfExists::Overwrite
                   : skip_existing  ? app::IfExists::Skip
                   : output.empty() ? app::IfExists::NextFreeName
                                    : app::IfExists::Refuse;
  return rule;
}

int BatchOptions::report(const Run& run, const std::stop_token& stop) const {
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
      print_error(result.error().message);
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
