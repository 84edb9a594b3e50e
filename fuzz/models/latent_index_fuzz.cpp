// SPDX-License-Identifier: GPL-3.0-or-later
// Our index, signed or not, and the offers as they are kept: an error is good, a crash is bad. What
// was accepted is kept and read again.
#include "models/store/offers.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace latent::models;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_latent_index(text, {});
  const auto offers = parse_offers(text, {});
  if (offers && !parse_offers(dump_offers(*offers), {})) __builtin_trap();
  return 0;
}
