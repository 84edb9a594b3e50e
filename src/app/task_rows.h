// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/task_table.h"

namespace latent::app {

// One row of the task table each; what they share.

[[nodiscard]] TaskRow raw_denoise_row();
[[nodiscard]] TaskRow denoise_row();
[[nodiscard]] TaskRow upscale_row();

/// The engine that a job asks for, with the folder in which compiled networks are kept.
[[nodiscard]] infer::EngineRequest engine_of(const Job& job, const std::stop_token& stop);

}  // namespace latent::app
