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

/// Reads what is measured of a network in 8-bit integers: how far it is from float32, what it loses,
/// its memory.
void read_int8_facts(Fields& fields, Int8Variant& variant);

}  // namespace latent::models
