// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture_fuzz.h"
#include "read/picture/small_jpeg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)latent::read::small_jpeg({data, size}, 64, latent::fuzz::small_limits());
  return latent::read::fuzz_picture(data, size, latent::read::open_jpeg_picture);
}
