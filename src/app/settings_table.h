// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "app/setting.h"

namespace latent::app {

/// The one table of words: every setting that a job of the task has, in the order of its JSON.
[[nodiscard]] const std::vector<Setting>& raw_denoise_settings();
[[nodiscard]] const std::vector<Setting>& denoise_settings();
[[nodiscard]] const std::vector<Setting>& upscale_settings();
[[nodiscard]] const std::vector<Setting>& erase_settings();
[[nodiscard]] const std::vector<Setting>& depth_settings();
[[nodiscard]] const std::vector<Setting>& mask_settings();

/// Those of what runs the network, which all tasks share.
[[nodiscard]] const std::vector<Setting>& engine_settings();

/// The row of that key, or nothing.
[[nodiscard]] const Setting* find_setting(const std::vector<Setting>& table, std::string_view key);

}  // namespace latent::app
