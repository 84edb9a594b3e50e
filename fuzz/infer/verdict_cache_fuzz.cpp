// SPDX-License-Identifier: GPL-3.0-or-later
// verdicts.json of any bytes: verdicts, or none; what was found is written and found again.
#include "infer/verdict_cache.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::infer;
  const Verdicts found = parse_verdicts({reinterpret_cast<const char*>(data), size});
  const Verdicts again = parse_verdicts(dump_verdicts(found));
  if (again.verdicts.size() != found.verdicts.size() || again.blobs != found.blobs) std::abort();
  return 0;
}
