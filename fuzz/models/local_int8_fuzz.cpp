// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/local_int8.h"

#include <cstdlib>

/// What `latent models quantise` left, from anywhere: an error is good, a crash is bad. What was
/// read is written as it is read again.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace latent::models;
  const auto made = parse_local_int8({reinterpret_cast<const char*>(data), size});
  if (!made) {
    if (made.error().sentence.empty()) std::abort();
    return 0;
  }
  const auto again = parse_local_int8(dump_local_int8(*made));
  if (!again || again->networks.size() != made->networks.size()) std::abort();
  for (std::size_t i = 0; i < made->networks.size(); ++i) {
    if (again->networks[i].onnx != made->networks[i].onnx) std::abort();
  }
  return 0;
}
