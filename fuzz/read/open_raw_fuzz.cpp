// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a mosaic as every verb opens it: areas inside one another and levels that hold
// together, or a sentence.
#include "read/raw.h"

#include <cstdlib>

#include "fuzz_limits.h"
#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto path = fuzz::scratch().file("it.dng", {data, size});
  (void)read::inspect_raw(path, fuzz::small_limits());
  const auto mosaic = read::open_raw(path, fuzz::small_limits());
  if (!mosaic && mosaic.error().message.empty()) std::abort();
  if (!mosaic) return 0;
  const Rect frame{0, 0, mosaic->samples.width(), mosaic->samples.height()};
  if (mosaic->active.empty() || !frame.contains(mosaic->active)) std::abort();
  if (mosaic->crop.empty() || !mosaic->active.contains(mosaic->crop)) std::abort();
  return 0;
}
