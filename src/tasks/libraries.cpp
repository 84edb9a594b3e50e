// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/libraries.h"

#include <zstd.h>

namespace latent::tasks {

std::vector<LibraryFact> libraries() {
  return {{"Zstandard", ::ZSTD_versionString(), "BSD-3-Clause OR GPL-2.0-only"}};
}

}  // namespace latent::tasks
