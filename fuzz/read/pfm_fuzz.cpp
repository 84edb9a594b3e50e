// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a portable float map, and its samples as a mask.
#include "read/mask/pfm.h"

#include <cstdlib>
#include <utility>

#include "fuzz_limits.h"
#include "read/mask/coverage.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const MemoryBytes source({data, size});
  const auto samples = read::read_pfm(source, fuzz::small_limits());
  if (!samples) return 0;
  if (!read::is_pfm(source)) std::abort();
  const auto mask = read::coverage_of(samples->view());
  if (!mask || mask->size() != samples->size()) std::abort();
  for (int y = 0; y < mask->height(); ++y) {
    for (const float value : mask->view().row(y)) {
      if (!(value >= 0 && value <= 1)) std::abort();
    }
  }
  return 0;
}
