// SPDX-License-Identifier: GPL-3.0-or-later
#include <string_view>

#include "mask/rasterise.h"
#include "mask/svg_read.h"

/// An SVG from anywhere: an error is good, a crash is bad; and what was read can be drawn.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const latent::Size picture{48, 32};
  const auto shapes = latent::mask::read_svg(text, picture);
  if (shapes) (void)latent::mask::rasterise(shapes->shape, picture, {}, 1);
  return 0;
}
