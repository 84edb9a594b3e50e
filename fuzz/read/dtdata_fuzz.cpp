// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as darktable's .dtdata: its directory, and the picture of each entry.
#include "read/mask/dtdata.h"

#include <cstdlib>

#include "fuzz_limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const MemoryBytes source({data, size});
  const auto opened = read::Dtdata::open(source, fuzz::small_limits());
  if (!opened) {
    if (opened.error().sentence.empty()) std::abort();
    return 0;
  }
  for (const read::DtdataEntry& entry : opened->entries()) {
    const auto mask = opened->coverage(entry);
    if (!mask) continue;
    for (int y = 0; y < mask->height(); ++y) {
      for (const float value : mask->view().row(y)) {
        if (!(value >= 0 && value <= 1)) std::abort();
      }
    }
  }
  return 0;
}
