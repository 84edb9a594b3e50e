// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a mosaic as every verb opens it: areas inside one another and levels that hold
// together, or a sentence.
#include <cstdlib>

#include "opened.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto photograph = fuzz::opened({data, size});
  if (!photograph) return 0;
  (void)photograph->orientation();
  (void)photograph->unchanged();
  const auto mosaic = photograph->mosaic();
  fuzz::must_speak(mosaic);
  if (!mosaic) return 0;
  const Rect frame{0, 0, mosaic->samples.width(), mosaic->samples.height()};
  if (mosaic->active.empty() || !frame.contains(mosaic->active)) std::abort();
  if (mosaic->crop.empty() || !mosaic->active.contains(mosaic->crop)) std::abort();
  return 0;
}
