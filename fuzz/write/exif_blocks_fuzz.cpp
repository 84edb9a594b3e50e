// SPDX-License-Identifier: GPL-3.0-or-later
// Any metadata as a block of EXIF: within its bound, and understood by our reader of such blocks.
#include "write/exif_blocks.h"

#include <cstdlib>

#include "any_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  FuzzedDataProvider input(data, size);
  write::PictureHeader header;
  header.size = {input.ConsumeIntegralInRange(1, 1000), input.ConsumeIntegralInRange(1, 1000)};
  header.orientation = input.ConsumeIntegralInRange<Orientation>(1, 8);
  header.resolution = {input.ConsumeFloatingPoint<double>(), input.ConsumeFloatingPoint<double>()};
  header.icc = fuzz::any_bytes(input, 20);
  header.metadata = fuzz::any_metadata(input);
  const auto largest = input.ConsumeIntegralInRange<std::size_t>(0, 2000);
  std::vector<std::string> warnings;
  if (write::exif_block(header, largest, warnings).size() > largest) std::abort();
  const auto words = write::iptc_words(header.metadata.iptc);
  if (words.size() * 4 < header.metadata.iptc.size()) std::abort();
  (void)write::iptc_resource(header.metadata.iptc);
  return 0;
}
