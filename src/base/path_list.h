// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace latent {

/// The paths of a list as PATH has it, between colons; empty ones and spaces around them do not count.
[[nodiscard]] std::vector<std::filesystem::path> path_list(std::string_view text);

}  // namespace latent
