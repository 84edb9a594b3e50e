// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/manifest/fields.h"
#include "models/manifest/manifest.h"

namespace latent::models {

/// Reads the keys of darktable's config.json that no network of ours needs, so that packages keep
/// their meaning: cpu_only, coreml_format, ort_optimization and its _provider, and every attribute as it
/// stands. Faults go to `top`.
void read_darktable_hints(Fields& top, DarktableHints& hints);

}  // namespace latent::models
