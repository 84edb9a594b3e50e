// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as the chunks of a PNG: what is kept of them stands in the file.
#include "read/picture/png_chunks.h"

#include <cstdlib>

#include "fuzz_limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const MemoryBytes source({data, size});
  const read::PngChunks chunks = read::read_png_chunks(source, fuzz::small_limits());
  if (chunks.exif.size() + chunks.cicp.size() + chunks.sample_bytes > size) std::abort();
  if (chunks.check().has_value() != chunks.outside.empty()) std::abort();
  return 0;
}
