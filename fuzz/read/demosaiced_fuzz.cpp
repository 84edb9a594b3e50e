// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a mosaic whose colours LibRaw interpolates: a picture with its crop inside, or a
// sentence.
#include "read/demosaiced.h"

#include <cstdlib>

#include "fuzz_limits.h"
#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto path = fuzz::scratch().file("it.dng", {data, size});
  const auto picture = read::open_demosaiced(path, fuzz::small_limits());
  if (!picture && picture.error().message.empty()) std::abort();
  if (!picture) return 0;
  const Rect frame{0, 0, picture->samples.width(), picture->samples.height()};
  if (picture->crop.empty() || !frame.contains(picture->crop)) std::abort();
  return 0;
}
