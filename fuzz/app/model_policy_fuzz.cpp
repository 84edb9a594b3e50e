// SPDX-License-Identifier: GPL-3.0-or-later
// policy.toml from anywhere: a policy, or a sentence. What is accepted comes back when it is
// written and read again.
#include "app/model_policy.h"

#include <cstdlib>

#include "scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto file = fuzz::scratch().file("policy.toml", {data, size});
  const auto policy = app::read_policy(file);
  if (!policy) {
    if (policy.error().sentence.empty()) std::abort();
    return 0;
  }
  if (!app::write_policy(file, *policy)) std::abort();
  const auto again = app::read_policy(file);
  if (!again || *again != *policy) std::abort();
  return 0;
}
