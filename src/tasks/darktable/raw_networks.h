// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/limits.h"
#include "infer/engine.h"
#include "models/store/package.h"
#include "tasks/raw/network.h"

namespace latent::tasks {

/// Networks of a package made for darktable: bayer_v1 for Bayer mosaics, xtrans_v1 or linear_v1 for
/// X-Trans and for raws without a mosaic.
[[nodiscard]] std::unique_ptr<RawNetworks> darktable_raw_networks(
    const models::Package& package, const infer::EngineRequest& engine, const Limits& limits);

}  // namespace latent::tasks
