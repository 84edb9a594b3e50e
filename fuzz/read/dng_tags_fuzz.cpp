// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a DNG: header, samples, preview. An error is good, a crash is bad.
#include <cstddef>
#include <cstdint>

#include "fuzz_limits.h"
#include "read/dng/dng_file.h"
#include "read/dng/dng_samples.h"
#include "read/picture/tiff_preview.h"
#include "read/plausibility.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  Limits limits;
  limits.max_pixels = 1'000'000;
  limits.max_metadata_bytes = std::size_t{1} << 20U;
  const MemoryBytes source({data, size});
  (void)read::largest_tiff_preview(source, limits);
  const auto dng = read::read_dng(source, limits);
  if (!dng || !*dng || !(*dng)->facts.opens_as_mosaic) return 0;
  const auto samples = read::read_dng_samples(source, (*dng)->layout, limits, {});
  if (samples) {
    (void)read::check_plausible(samples->view(), (*dng)->facts.active, (*dng)->facts.levels);
  }
  return 0;
}
