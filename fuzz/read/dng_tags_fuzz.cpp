// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a DNG: header, samples, preview. An error is good, a crash is bad.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "fuzz_limits.h"
#include "read/dng/dng_file.h"
#include "read/dng/dng_floats.h"
#include "read/dng/dng_samples.h"
#include "read/dng/float_counts.h"
#include "read/level_check.h"
#include "read/picture/tiff_preview.h"
#include "read/plausibility.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  Limits limits;
  limits.max_pixels = 1'000'000;
  limits.max_metadata_bytes = std::size_t{1} << 20U;
  const MemoryBytes source({data, size});
  (void)read::largest_tiff_preview(source, limits);
  const auto dng = read::read_dng(source, limits);
  if (!dng || !*dng || !(*dng)->facts.opens_as_mosaic) return 0;
  const read::RawFacts& facts = (*dng)->facts;
  if (facts.is_float) {
    auto floats = read::read_dng_floats(source, (*dng)->layout, limits, {});
    if (!floats) return 0;
    ExactFloats exact{*std::move(floats), facts.levels, 1, 0};
    exact.levels =
        read::check_levels<float>(std::as_const(exact.samples).view(), facts.active, exact.levels)
            .levels;
    read::choose_counts(exact, facts.active);
    (void)read::counts_of(exact, limits);
    return 0;
  }
  const auto samples = read::read_dng_samples(source, (*dng)->layout, limits, {});
  if (samples) {
    (void)read::check_levels<std::uint16_t>(samples->view(), facts.active, facts.levels);
    (void)read::check_plausible(samples->view(), facts.active, facts.levels);
  }
  return 0;
}
