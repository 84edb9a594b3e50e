// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as the opcode lists of samples that are about to be developed.
#include "read/dng/apply_opcodes.h"

#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const std::vector<std::uint8_t> list(data, data + size);
  for (const std::uint16_t tag :
       {std::uint16_t{51008}, std::uint16_t{51009}, std::uint16_t{51022}}) {
    const CarriedTag carried{tag, 7, static_cast<std::uint32_t>(size), true, list};
    Mosaic mosaic;
    mosaic.samples = *Image<std::uint16_t>::create({24, 18});
    mosaic.active = {2, 1, 20, 16};
    mosaic.levels.white = {400, 400, 400, 400};
    mosaic.carried_tags = {carried};
    (void)read::apply_opcodes(mosaic);
    LinearRaw linear;
    linear.samples = *Image<std::uint16_t>::create({12, 9}, 3);
    linear.white = {400, 400, 400};
    linear.carried_tags = {carried};
    (void)read::apply_opcodes(linear);
  }
  return 0;
}
