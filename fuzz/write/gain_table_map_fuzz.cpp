// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a gain map of a big-endian DNG: turned round to the same size, or nothing. The first
// byte chooses the tag.
#include "write/dng/gain_table_map.h"

#include <cstdlib>

#include "metadata/tiff_fields.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  if (size == 0) return 0;
  const std::uint16_t tag = (data[0] & 1U) == 0 ? metadata::tag::kProfileGainTableMap
                                                : metadata::tag::kProfileGainTableMap2;
  const auto turned = write::little_endian_gain_table_map(tag, {data + 1, size - 1});
  if (turned && turned->size() != size - 1) std::abort();
  return 0;
}
