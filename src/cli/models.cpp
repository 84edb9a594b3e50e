// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>

#include "cli/models_run.h"
#include "cli/verbs.h"

namespace latent::cli {

void add_models(CLI::App& program, RunVerb& run_verb) {
  CLI::App* verb = program.add_subcommand("models", "Model packages");
  verb->require_subcommand(1);
  add_models_run(*verb, run_verb);
}

}  // namespace latent::cli
