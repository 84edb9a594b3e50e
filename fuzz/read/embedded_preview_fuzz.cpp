// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a raw file with a preview: a JPEG with its size, or none, or a sentence.
#include <cstdlib>

#include "opened.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto photograph = fuzz::opened({data, size});
  if (!photograph) return 0;
  const auto preview = photograph->embedded_preview();
  fuzz::must_speak(preview);
  if (!preview || !*preview) return 0;
  if ((*preview)->jpeg.empty() || (*preview)->size.area() <= 0) std::abort();
  return 0;
}
