// SPDX-License-Identifier: GPL-3.0-or-later
// The blacks of single rows and columns out of any TIFF directory: taken off every row without
// leaving 16 bits.
#include "read/dng/black_deltas.h"

#include <cmath>
#include <cstdlib>

#include "fuzz_limits.h"
#include "read/dng/dng_directories.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const MemoryBytes source({data, size});
  const auto file = read::TiffFile::open(source, fuzz::small_limits());
  if (!file) return 0;
  const auto& directories = file->directories();
  const read::DngDirectories dng{&*file, &directories.front(), &directories.back()};
  const Rect active{1, 2, 8, 6};
  const auto deltas = read::read_black_deltas(dng, active, 16383);
  if (!std::isfinite(deltas.mean) || deltas.largest() < 0) std::abort();
  for (int y = 0; y < 10; ++y) {
    std::vector<std::uint16_t> row(10, 16383);
    deltas.take_off(0, y, 1, row);
    std::vector<std::uint16_t> colours(30, 0);
    deltas.take_off(0, y, 3, colours);
  }
  return 0;
}
