// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are of some kind, which has words.
#include "read/sniff.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::read;
  const FileKind kind = kind_of({data, size});
  if (*described(kind) == '\0') std::abort();
  return 0;
}
