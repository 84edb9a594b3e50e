// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/exit_code.h"
#include "cli/signals.h"
#include "cli/verbs.h"

namespace {

constexpr const char* kDescription =
    "Neural restoration of photographs, on this machine alone.\n"
    "Sources are never changed; nothing is sent anywhere.";

int parse_and_run(int argc, char** argv) {
  CLI::App program{kDescription, "latent"};
  program.set_version_flag("--version", "latent " LATENT_VERSION);
  program.require_subcommand(1);
  program.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("latent: {}; see latent --help\n", error.what());
  });
  latent::cli::RunVerb run;
  latent::cli::add_tasks(program, run);
  latent::cli::add_run(program, run);
  latent::cli::add_compare(program, run);
  latent::cli::add_info(program, run);
  latent::cli::add_render(program, run);
  latent::cli::add_devices(program, run);
  latent::cli::add_models(program, run);
  latent::cli::add_doctor(program, run);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? latent::cli::kAllDone : latent::cli::kUsage;
  }
  const latent::cli::StopOnSignal signals;
  return run(signals.token());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "latent: internal fault: %s; please report it\n", thrown.what());
    return latent::cli::kSomeFailed;
  }
}
