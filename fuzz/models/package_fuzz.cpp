// SPDX-License-Identifier: GPL-3.0-or-later
// An archive from anywhere: an error is good, a crash is bad, and so is more memory than asked for.
#include "models/store/package.h"

#include "fuzz_limits.h"
#include "scratch.h"
#include "zip_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace latent;
  const auto file = fuzz::scratch().file("it.dtmodel", {data, size});
  const auto package = models::Package::open(file, fuzz::small_limits());
  if (!package || !package->manifest().latent) return 0;
  for (const auto& network : package->manifest().latent->networks) {
    (void)load_network(*package, network.kind, network.scale);
  }
  return 0;
}
