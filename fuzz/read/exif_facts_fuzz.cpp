// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a block of EXIF: an orientation that is one, or none.
#include "read/exif_facts.h"

#include <cmath>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = latent::read::exif_facts({data, size});
  if (facts.orientation && (*facts.orientation < 1 || *facts.orientation > 8)) std::abort();
  if (!std::isfinite(facts.resolution.x) || !std::isfinite(facts.resolution.y)) std::abort();
  return 0;
}
