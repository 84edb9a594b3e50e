// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/limits.h"
#include "infer/engine.h"
#include "models/store/package.h"
#include "tasks/raw/network.h"

namespace latent::tasks {

/// Networks of ours: one for each kind of mosaic; a linear picture goes through that of monochrome
/// sensors, colour by colour.
[[nodiscard]] std::unique_ptr<RawNetworks> own_raw_networks(const models::Package& package,
                                                            const infer::EngineRequest& engine,
                                                            const Limits& limits);

}  // namespace latent::tasks
