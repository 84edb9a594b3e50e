// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/manifest/fields.h"
#include "models/manifest/manifest.h"

namespace latent::models {

/// Reads and judges the object "latent_variants" of config.json, and gives the networks of `block`
/// what it says of them. Faults go to `fields`.
///
/// A version newer than 1, and precisions other than int8, are passed over.
void read_variants(Fields fields, LatentBlock& block);

}  // namespace latent::models
