// SPDX-License-Identifier: GPL-3.0-or-later
// The facts for people out of any bytes: printable words, or a sentence.
#include <cstdlib>

#include "base/path.h"
#include "metadata/metadata.h"
#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto lines = metadata::describe(fuzz::scratch().file("photo", {data, size}));
  if (!lines) {
    if (lines.error().message.empty()) std::abort();
    return 0;
  }
  for (const auto& line : *lines) {
    if (line.name.empty() || !is_utf8(line.value)) std::abort();
  }
  return 0;
}
