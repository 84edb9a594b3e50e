// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/limits.h"
#include "tasks/task.h"

namespace latent::tasks {

/// Removes noise from finished pictures, with our network or one made for darktable. Takes
/// DenoiseSettings, reports PictureReport. Samples become floats a tile and a few rows at a time.
///
/// Errors   Unsupported, ModelMismatch, Corrupt  as models::load_network().
[[nodiscard]] Result<Task> create_denoise(const Models& models, const infer::EngineRequest& engine,
                                          const Limits& limits = {});

}  // namespace latent::tasks
