// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a mosaic whose colours LibRaw interpolates: a picture with its crop inside, or a
// sentence.
#include <cstdlib>

#include "opened.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto photograph = fuzz::opened({data, size});
  if (!photograph) return 0;
  const auto picture = photograph->demosaiced();
  fuzz::must_speak(picture);
  if (!picture) return 0;
  const Rect frame{0, 0, picture->samples.width(), picture->samples.height()};
  if (picture->crop.empty() || !frame.contains(picture->crop)) std::abort();
  return 0;
}
