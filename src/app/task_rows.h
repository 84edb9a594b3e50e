// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "app/task_table.h"
#include "read/photograph.h"
#include "tasks/task.h"

namespace latent::app {

// One row of the task table each; what they share.

[[nodiscard]] TaskRow raw_denoise_row();
[[nodiscard]] TaskRow denoise_row();
[[nodiscard]] TaskRow upscale_row();
[[nodiscard]] TaskRow erase_row();
[[nodiscard]] TaskRow depth_row();
[[nodiscard]] TaskRow mask_row();

/// Who did this work to the photograph before, by its XMP; nothing where it is empty.
[[nodiscard]] std::optional<std::string> done_before(const read::Photograph& photograph,
                                                     const std::string& work);
[[nodiscard]] TaskAnswer done_already(std::string by);

[[nodiscard]] tasks::Target target_of(const OutputName& output);

/// The engine that a job asks for, with the folder in which compiled networks are kept.
[[nodiscard]] infer::EngineRequest engine_of(const Job& job, const Places& places);

}  // namespace latent::app
