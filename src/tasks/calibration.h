// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/run_control.h"
#include "infer/engine.h"
#include "tasks/task.h"

namespace latent::tasks {

/// What a network saw of photographs.
struct SeenTiles {
  std::shared_ptr<const models::Network> network;
  std::string sensor;         ///< "bayer", "xtrans", "mono", "linear"; of finished pictures ""
  std::vector<Tensor> tiles;  ///< inputs of the network, all of one shape
};

struct TilesRequest {
  std::string task;  ///< "rawdenoise", "denoise" or "upscale"
  std::vector<std::filesystem::path> pictures;
  infer::EngineRequest engine;
  Limits limits;
};

/// Shows parts of photographs as the task does, in float32, and keeps what goes into its networks:
/// so that they are calibrated on what they will see, packed, measured and encoded by the task
/// itself.
///
/// Of each picture up to five parts are shown, of each part up to four tiles kept; 96 tiles and
/// 256 MiB in all.
///
/// `models.scale`  of an upscale task.
/// Errors   as Photograph::open(), the task's create(), prepare() and show(): a picture of the wrong
///          kind is named. Device where the network gives numbers that are not finite. Cancelled.
[[nodiscard]] Result<std::vector<SeenTiles>> tiles_seen(const Models& models,
                                                        const TilesRequest& request,
                                                        const RunControl& control);

}  // namespace latent::tasks
