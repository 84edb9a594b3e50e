// SPDX-License-Identifier: GPL-3.0-or-later
// The cache of what packages say, of any bytes: as it was or empty, and written again.
#include "models/manifest/facts.h"

#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace latent;
  const models::FactsCache cache(fuzz::scratch().file("facts.json", {data, size}));
  cache.save();
  return 0;
}
