// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/limits.h"
#include "models/manifest/fields.h"
#include "models/manifest/manifest.h"

namespace latent::models {

/// Reads and judges the object "latent" of config.json.
///
/// Errors   as parse_manifest(), of which it is a part.
[[nodiscard]] Result<LatentBlock> read_latent_block(Fields fields, const Limits& limits);

}  // namespace latent::models
