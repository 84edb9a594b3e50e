// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/minisign.h"

#include <algorithm>

/// A key and a signature from anywhere: an error is good, a crash is bad, and so is a signature
/// that holds.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)latent::models::parse_minisign_key(text);
  latent::models::MinisignKey key;
  key.key.fill(9);
  if (size > 10) std::copy_n(data, key.number.size(), key.number.begin());
  if (latent::models::verify_minisign("content", text, key, "it")) __builtin_trap();
  return 0;
}
