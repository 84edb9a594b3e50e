// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a raw file with a preview: a JPEG with its size, or none, or a sentence.
#include "read/embedded_preview.h"

#include <cstdlib>

#include "fuzz_limits.h"
#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto path = fuzz::scratch().file("it.dng", {data, size});
  const auto preview = read::embedded_preview(path, fuzz::small_limits());
  if (!preview && preview.error().message.empty()) std::abort();
  if (!preview || !*preview) return 0;
  if ((*preview)->jpeg.empty() || (*preview)->size.area() <= 0) std::abort();
  return 0;
}
