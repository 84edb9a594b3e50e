// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/limits.h"

namespace latent::fuzz {

/// Limits small enough that a unit ends soon: what they let through must stay below a GB too.
inline Limits small_limits() {
  Limits limits;
  limits.max_pixels = 250'000;
  limits.max_metadata_bytes = std::size_t{1} << 20U;
  limits.max_package_bytes = std::size_t{16} << 20U;
  limits.max_package_entries = 64;
  return limits;
}

}  // namespace latent::fuzz
