// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as the headers of an OpenEXR file: parts within the limits, or a sentence.
#include "read/picture/exr_layout.h"

#include <cstdlib>

#include "fuzz_limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const MemoryBytes source({data, size});
  const auto layout = read::read_exr_layout(source, fuzz::small_limits());
  if (!layout) {
    if (layout.error().sentence.empty()) std::abort();
    return 0;
  }
  if (layout->parts.empty() || layout->end > size) std::abort();
  if (read::check_exr_blocks(source, *layout) && layout->parts.front().blocks() > size)
    std::abort();
  return 0;
}
