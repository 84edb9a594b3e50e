// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace latent::cli {

/// What a verb does once its arguments are parsed; gives the exit code.
using RunVerb = std::function<int(const std::stop_token&)>;

/// Each declares one verb with its arguments and help, and sets `run` when that verb was given.
void add_run(CLI::App& program, RunVerb& run);
void add_batch(CLI::App& program, RunVerb& run);
void add_watch(CLI::App& program, RunVerb& run);
void add_compare(CLI::App& program, RunVerb& run);
void add_info(CLI::App& program, RunVerb& run);
void add_render(CLI::App& program, RunVerb& run);
void add_mask(CLI::App& program, RunVerb& run);
void add_devices(CLI::App& program, RunVerb& run);
void add_models(CLI::App& program, RunVerb& run);
void add_doctor(CLI::App& program, RunVerb& run);
/// "help", "completion" and "manual", which show what the other verbs declare.
void add_help(CLI::App& program, RunVerb& run);

/// "render", below `latent mask`.
void add_mask_render(CLI::App& mask, RunVerb& run);

/// A verb for every row of the task table: "rawdenoise", "denoise", "upscale".
void add_tasks(CLI::App& program, RunVerb& run);

}  // namespace latent::cli
