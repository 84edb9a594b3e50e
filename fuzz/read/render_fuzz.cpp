// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a raw file that is rendered: whole and small, a part, or a sentence.
#include <cstdlib>

#include "opened.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto photograph = fuzz::opened({data, size});
  if (!photograph) return 0;
  const auto small = photograph->rendering<std::uint8_t>({{}, 16});
  fuzz::must_speak(small);
  if (!small) return 0;
  if (small->width() > 16 || small->height() > 16) std::abort();
  (void)photograph->rendering<std::uint16_t>({Rect{1, 1, 4, 4}, 0});
  return 0;
}
