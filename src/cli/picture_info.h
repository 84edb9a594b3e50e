// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/limits.h"

namespace latent::cli {

/// `latent info` for a finished picture; gives the exit code.
[[nodiscard]] int show_picture_info(const std::string& file, bool json, const Limits& limits);

}  // namespace latent::cli
