// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a raw file that is rendered: whole and small, a part, or a sentence.
#include "read/render.h"

#include <cstdlib>

#include "fuzz_limits.h"
#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto path = fuzz::scratch().file("it.dng", {data, size});
  const auto small = read::render_neutral<std::uint8_t>(path, {{}, 16}, fuzz::small_limits());
  if (!small && small.error().message.empty()) std::abort();
  if (!small) return 0;
  if (small->width() > 16 || small->height() > 16) std::abort();
  (void)read::render_neutral<std::uint16_t>(path, {Rect{1, 1, 4, 4}, 0}, fuzz::small_limits());
  return 0;
}
