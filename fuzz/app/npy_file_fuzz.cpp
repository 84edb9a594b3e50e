// SPDX-License-Identifier: GPL-3.0-or-later
// An array of any bytes: as many values as its shape says, or a sentence. What is read is written
// and read again, to the bit.
#include "app/npy_file.h"

#include <cstdlib>
#include <cstring>

#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto file = fuzz::scratch().file("array.npy", {data, size});
  const auto tensor = app::read_npy_file(file, "array");
  if (!tensor) {
    if (tensor.error().sentence.empty()) std::abort();
    return 0;
  }
  if (!app::write_npy_file(file, *tensor)) std::abort();
  const auto again = app::read_npy_file(file, "array");
  if (!again || again->dims != tensor->dims) std::abort();
  if (std::memcmp(again->values.data(), tensor->values.data(),
                  tensor->values.size() * sizeof(float)) != 0) {
    std::abort();
  }
  return 0;
}
