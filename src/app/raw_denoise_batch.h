// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batch.h"
#include "infer/engine.h"
#include "tasks/settings.h"

namespace latent::app {

/// Results are called <base>_raw-denoise.dng.
inline constexpr const char* kRawDenoiseSuffix = "_raw-denoise";
inline constexpr const char* kRawDenoiseExtension = "dng";

struct RawDenoiseJob {
  std::vector<std::filesystem::path> sources;
  OutputRule output;
  tasks::RawDenoiseSettings settings;
  std::string model;  ///< an id, or a path of a package; empty: the one that is enabled
  infer::EngineRequest engine;
  Limits limits;  ///< the machine's, no part of what is asked for
};

/// Denoises file after file; one that fails is reported and the rest goes on.
///
/// Errors   those of the model package, before any file is touched.
[[nodiscard]] Result<BatchResult> run_raw_denoise(const RawDenoiseJob& job, BatchObserver& observer,
                                                  const std::stop_token& stop);

}  // namespace latent::app
