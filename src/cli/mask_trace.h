// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/verbs.h"

namespace latent::cli {

/// "trace", below `latent mask`.
void add_mask_trace(CLI::App& mask, RunVerb& run);

}  // namespace latent::cli
