// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/verbs.h"

namespace latent::cli {

/// Adds `run` to the verb `models`: one network of a package, tensor to tensor.
void add_models_run(CLI::App& models, RunVerb& run);

}  // namespace latent::cli
