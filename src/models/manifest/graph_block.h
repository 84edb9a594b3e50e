// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "models/manifest/fields.h"
#include "models/manifest/graph_spec.h"

namespace latent::models {

/// Whether an entry of "latent.networks" is of kind graph_v1.
[[nodiscard]] bool is_graph(const Json& entry);

/// Reads and judges one entry of "latent.networks" of that kind, named `id`. Faults go to `fields`.
[[nodiscard]] GraphSpec read_graph(Fields fields, const std::string& id);

/// Reads and judges an entry of "latent.golden" of such a network: names, shapes, at most 4096
/// indices, ascending and inside. Faults go to `fields`.
[[nodiscard]] GraphGolden read_graph_golden(Fields fields, const GraphSpec& graph);

}  // namespace latent::models
