// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/limits.h"
#include "tasks/task.h"

namespace latent::tasks {

/// Removes sensor noise from raw files, with our networks or those of a package made for darktable.
/// Takes RawDenoiseSettings; results are DNGs, reports RawDenoiseReport. What has no mosaic is
/// denoised as linear RGB.
///
/// Beyond the errors of reading and writing: ModelMismatch where no network was made for the
/// sensor.
///
/// Errors   Unsupported, ModelMismatch  the package has no network for raws.
[[nodiscard]] Result<Task> create_raw_denoise(const Models& models,
                                              const infer::EngineRequest& engine,
                                              const Limits& limits = {});

}  // namespace latent::tasks
