// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a JPEG XL tile of a DNG, of a size that the first two say. An error is good, a crash
// is bad.
#include <cstddef>
#include <cstdint>

#include "read/dng/dng_jxl.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const latent::read::JxlBlock block{{data[0], 16}, data[1] % 2 == 0 ? 3 : 1, 16};
  if (block.size.width == 0) return 0;
  const auto samples = latent::read::decode_jxl_block({data + 2, size - 2}, block);
  if (samples && samples->size() != static_cast<std::size_t>(block.size.area() * block.channels)) {
    __builtin_trap();
  }
  return 0;
}
