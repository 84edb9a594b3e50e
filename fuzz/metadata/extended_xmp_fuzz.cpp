// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a packet of XMP that is too long for one segment: two parts, the first within its
// bound, or a sentence.
#include "metadata/extended_xmp.h"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  const std::string packet(reinterpret_cast<const char*>(data), size);
  for (const std::size_t largest : {std::size_t{300}, std::size_t{2000}}) {
    const auto parts = split_xmp(packet, largest);
    if (parts && (parts->packet.size() > largest || parts->name.size() != 32)) std::abort();
    if (!parts && parts.error().sentence.empty()) std::abort();
  }
  return 0;
}
