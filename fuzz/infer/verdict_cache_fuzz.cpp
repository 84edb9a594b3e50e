// SPDX-License-Identifier: GPL-3.0-or-later
// verdicts.json of any bytes: a verdict, or as if it were not there; one that is stored is found.
#include "infer/verdict_cache.h"

#include <cstdlib>

#include "infer/blob_cache.h"
#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  (void)fuzz::scratch().file("verdicts.json", {data, size});
  const infer::VerdictCache cache(fuzz::scratch().folder());
  (void)cache.find("key");
  infer::ProofVerdict verdict;
  verdict.passed = true;
  verdict.worst = 0.25;
  cache.store("another", verdict);
  const auto found = cache.find("another");
  if (!found || !found->passed || found->worst != 0.25) std::abort();
  return 0;
}
