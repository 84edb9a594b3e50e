// SPDX-License-Identifier: GPL-3.0-or-later
// The facts of any bytes, as they are and behind the beginning of an RGB profile.
#include "write/icc_facts.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

void look(std::span<const std::uint8_t> icc) {
  const auto facts = latent::write::icc_facts(icc);
  if (facts.chromaticities && !std::isfinite(facts.chromaticities->white[0])) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kTable = 128;
  look({data, size});
  std::vector<std::uint8_t> profile(kTable);
  profile[16] = 'R';
  profile[17] = 'G';
  profile[18] = 'B';
  profile[19] = ' ';
  profile.insert(profile.end(), data, data + size);
  look(profile);
  return 0;
}
