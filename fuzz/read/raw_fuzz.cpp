// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes through LibRaw as this room uses it: header, facts, and small pictures' samples. An
// error is good, a crash is bad, in LibRaw too.
#include <cstddef>
#include <cstdint>

#include "fuzz_limits.h"
#include "read/dng/dng_file.h"
#include "read/libraw/libraw_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const Limits limits = fuzz::small_limits();
  const MemoryBytes source({data, size});
  // As the program does: LibRaw 0.20 frees a wild pointer over a DNG that has no raw picture.
  if (!read::read_dng(source, limits)) return 0;
  const auto raw = read::open_libraw(source, {read::kind_of({data, size}), size, true}, limits);
  if (!raw) return 0;
  const auto facts = read::libraw_facts(**raw);
  if (!facts || !facts->opens_as_mosaic || !read::unpack_libraw(**raw, {})) return 0;
  (void)read::libraw_facts(**raw);
  (void)read::libraw_cfa(**raw);
  (void)read::copy_libraw_samples(**raw, limits);
  return 0;
}
