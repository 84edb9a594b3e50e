// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>

#include "cli/mask_trace.h"

namespace latent::cli {

void add_mask(CLI::App& program, RunVerb& run_verb) {
  CLI::App* verb = program.add_subcommand("mask", "Masks of objects, as pictures and as paths");
  verb->require_subcommand(1);
  add_mask_render(*verb, run_verb);
  add_mask_trace(*verb, run_verb);
}

}  // namespace latent::cli
