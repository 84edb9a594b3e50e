// SPDX-License-Identifier: GPL-3.0-or-later
// The facts for people out of any bytes: printable words.
#include <cstdlib>

#include "base/path.h"
#include "metadata/metadata.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  for (const auto& line : metadata::describe(MemoryBytes({data, size}))) {
    if (line.name.empty() || !is_utf8(line.value)) std::abort();
  }
  return 0;
}
