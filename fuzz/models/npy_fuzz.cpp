// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/npy.h"

/// A golden tensor from anywhere: an error is good, a crash is bad.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  (void)latent::models::parse_npy({reinterpret_cast<const std::byte*>(data), size}, "tensor");
  return 0;
}
