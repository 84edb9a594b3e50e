// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batch.h"
#include "infer/engine.h"
#include "tasks/settings.h"

namespace latent::app {

/// Results are called <base>_denoise.tif and <base>_upscale-2x.tif.
inline constexpr const char* kDenoiseSuffix = "_denoise";
inline constexpr const char* kPictureExtension = "tif";
[[nodiscard]] std::string upscale_suffix(int scale);

struct DenoiseJob {
  std::vector<std::filesystem::path> sources;
  OutputRule output;
  std::string extension = kPictureExtension;  ///< of results whose name is not given
  tasks::DenoiseSettings settings;
  std::string model;  ///< an id, or a path of a package; empty: the one that is enabled
  infer::EngineRequest engine;
  Limits limits;  ///< the machine's, no part of what is asked for
};

struct UpscaleJob {
  std::vector<std::filesystem::path> sources;
  OutputRule output;
  std::string extension = kPictureExtension;
  int scale = 2;  ///< 2 or 4
  tasks::UpscaleSettings settings;
  std::string model;          ///< likewise
  std::string denoise_model;  ///< likewise; opened only where it is needed
  infer::EngineRequest engine;
  Limits limits;  ///< the machine's, no part of what is asked for
};

/// Denoises file after file; one that fails is reported and the rest goes on.
///
/// Errors   those of the model package, before any file is touched.
[[nodiscard]] Result<BatchResult> run_denoise(const DenoiseJob& job, BatchObserver& observer,
                                              const std::stop_token& stop);

/// Enlarges file after file, likewise.
///
/// Errors   those of the model packages, before any file is touched.
[[nodiscard]] Result<BatchResult> run_upscale(const UpscaleJob& job, BatchObserver& observer,
                                              const std::stop_token& stop);

}  // namespace latent::app
