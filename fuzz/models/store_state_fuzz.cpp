// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/store_state.h"

/// state.json from anywhere: an error is good, a crash is bad.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto state = latent::models::parse_state(text);
  if (state && !latent::models::parse_state(latent::models::dump_state(*state))) __builtin_trap();
  return 0;
}
