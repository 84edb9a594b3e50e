// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "tasks/raw/network.h"
#include "tasks/task.h"

namespace latent::tasks {

/// Who the result says made it.
struct RawMaker {
  std::string task;  ///< metadata::Provenance::task
  std::string model_id;
  std::string model_version;
  std::string model_sha256;
};

/// The way of every raw through the rooms, whatever its samples and whosever the network: opened,
/// judged and decoded; noise and defects measured; cleaned by the network; written as a DNG, or
/// developed to be looked at.
[[nodiscard]] std::unique_ptr<Work> raw_walk(RawMaker maker, std::unique_ptr<RawNetworks> networks);

}  // namespace latent::tasks
