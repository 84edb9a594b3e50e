// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/limits.h"
#include "tasks/task.h"

namespace latent::tasks {

/// Enlarges finished pictures two or four times a side, with our network or one made for darktable.
/// Takes UpscaleSettings, reports PictureReport. Rows stream out; of the enlargement never more
/// than a row of tiles exists.
///
/// Beyond the errors of reading and writing: TooLarge where the format cannot hold the enlargement,
/// as write::check_size() says: found before a sample is read.
///
/// Errors   Unsupported, ModelMismatch, Corrupt  as models::load_network(), for Models::scale.
[[nodiscard]] Result<Task> create_upscale(const Models& models, const infer::EngineRequest& engine,
                                          const Limits& limits = {});

}  // namespace latent::tasks
