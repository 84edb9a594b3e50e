// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "models/manifest/fields.h"
#include "models/manifest/manifest.h"

namespace latent::models {

/// Reads and judges one entry of "latent.networks", named `id`. Faults go to `fields`; what it
/// gives is of use only where there are none.
///
/// Errors   Unsupported  a kind or encoding that this version does not know.
[[nodiscard]] Result<NetworkSpec> read_network(Fields fields, const std::string& id);

}  // namespace latent::models
