// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes of any bytes behind the signature of OpenEXR: no more than the file holds.
#include "metadata/exr_attributes.h"

#include <cstdlib>
#include <string_view>

#include "file_behind.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  using namespace std::string_view_literals;
  const auto file = file_behind("\x76\x2f\x31\x01\x02\0\0\0"sv, data, size);
  latent::Limits limits;
  limits.max_metadata_bytes = 1000;
  const ContainerBlocks blocks = exr_attributes(reader_of(file), limits);
  if (blocks.xmp.size() > file.size()) std::abort();
  return 0;
}
