// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "base/library_fact.h"

namespace latent::tasks {

/// The foreign libraries of this room.
[[nodiscard]] std::vector<LibraryFact> libraries();

}  // namespace latent::tasks
