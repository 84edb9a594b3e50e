// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/result.h"

namespace latent::cli {

/// How much a verb says.
enum class Verbosity { Quiet, Normal, Verbose };

/// "latent: <sentence>" on stderr.
void print_error(const std::string& message);

/// print_error() for a mistake in the arguments; gives the exit code.
[[nodiscard]] int usage_error(const Error& error);

}  // namespace latent::cli
