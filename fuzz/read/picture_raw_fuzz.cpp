// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a raw file, developed: a DNG through our reader and LibRaw, all else through LibRaw.
// An error is good, a crash is bad.
#include <cstddef>
#include <cstdint>

#include "read/picture/picture_raw.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  Limits limits;
  limits.max_pixels = 1'000'000;
  limits.max_metadata_bytes = std::size_t{1} << 20U;
  const MemoryBytes source({data, size});
  auto file = read::RawFile::open(source, {read::kind_of({data, size}), size, true}, limits);
  if (file) (void)read::develop_picture(*file, {});
  return 0;
}
