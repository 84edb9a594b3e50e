// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent::app {

/// What this program is made of, as lines for `latent --version --verbose` and for reports of
/// faults: engines, libraries with their licences, models with theirs, how files are read.
[[nodiscard]] std::string about();

}  // namespace latent::app
