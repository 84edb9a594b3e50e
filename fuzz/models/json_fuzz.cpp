// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as JSON: a value that is written and read again as the same, or a sentence.
#include "models/manifest/json.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace latent::models;
  const auto value = parse_json({reinterpret_cast<const char*>(data), size}, "it", 100'000);
  if (!value) {
    if (value.error().sentence.empty()) std::abort();
    return 0;
  }
  const auto again = parse_json(dump_json(*value), "it", 10'000'000);
  if (!again || !(*again == *value)) std::abort();
  return 0;
}
