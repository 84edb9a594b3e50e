// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture_fuzz.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return latent::read::fuzz_picture(data, size, latent::read::open_tiff_picture);
}
