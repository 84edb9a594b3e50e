// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::read;
  return fuzz_picture(data, size, [&](const ByteSource& source, const latent::Limits& limits) {
    return open_raw_picture(source, {kind_of({data, size}), size, true}, limits);
  });
}
