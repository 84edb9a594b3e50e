// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/verbs.h"

namespace latent::cli {

/// Declares `latent mask`, as the functions of verbs.h do theirs.
void add_mask(CLI::App& program, RunVerb& run);

}  // namespace latent::cli
