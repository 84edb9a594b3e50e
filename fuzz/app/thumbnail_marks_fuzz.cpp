// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a shared thumbnail: a file that any program may have put there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "app/studio/thumbnail_marks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto marks =
      latent::app::thumbnail_marks({reinterpret_cast<const char*>(data), size});
  if (marks.uri.size() + marks.modified.size() > size) std::abort();
  return 0;
}
