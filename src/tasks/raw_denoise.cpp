// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw_denoise.h"

#include <utility>

#include "tasks/darktable/raw_networks.h"
#include "tasks/raw/own_networks.h"
#include "tasks/raw/walk.h"

namespace latent::tasks {

Result<Task> create_raw_denoise(const Models& models, const infer::EngineRequest& engine,
                                const Limits& limits) {
  const models::Package& package = models.package;
  auto own = package.manifest().network(models::NetworkKind::LatentCfaV1);
  const auto three = package.manifest().network(models::NetworkKind::LatentDemosaicV1);
  const RawMaker maker{"raw-denoise", package.manifest().id, package.manifest().version,
                       package.sha256()};
  if (own || three) return Task(raw_walk(maker, own_raw_networks(package, engine, limits)));
  if (!models::is_made_for(package.manifest(), "rawdenoise")) {
    return tl::make_unexpected(std::move(own).error());
  }
  return Task(raw_walk(maker, darktable_raw_networks(package, engine, limits)));
}

}  // namespace latent::tasks
