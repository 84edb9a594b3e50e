// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent::cli {

/// `latent info` for a finished picture; gives the exit code.
[[nodiscard]] int show_picture_info(const std::string& file, bool json);

}  // namespace latent::cli
