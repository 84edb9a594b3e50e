// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a raw file without a mosaic: levels and a crop that hold together, or a sentence.
#include <cstdlib>

#include "opened.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto photograph = fuzz::opened({data, size});
  if (!photograph) return 0;
  const auto picture = photograph->linear();
  fuzz::must_speak(picture);
  if (!picture) return 0;
  const Rect frame{0, 0, picture->samples.width(), picture->samples.height()};
  if (picture->crop.empty() || !frame.contains(picture->crop)) std::abort();
  for (std::size_t c = 0; c < 3; ++c) {
    if (!(picture->black[c] < picture->white[c])) std::abort();
  }
  return 0;
}
