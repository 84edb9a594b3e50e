// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/drop_properties.h"

#include <exiv2/exiv2.hpp>
#include <utility>

#include "metadata/exiv2_guard.h"

namespace latent::metadata {

void drop_properties(std::string& packet,
                     const std::function<bool(const Exiv2::Xmpdatum&)>& is_dropped) {
  if (packet.empty()) return;
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData xmp;
    if (Exiv2::XmpParser::decode(xmp, packet) != 0) return;
    bool found = false;
    for (auto property = xmp.begin(); property != xmp.end();) {
      const bool drop = is_dropped(*property);
      found = found || drop;
      property = drop ? xmp.erase(property) : property + 1;
    }
    std::string left;
    if (!found) return;
    if (xmp.empty() ||
        Exiv2::XmpParser::encode(left, xmp, Exiv2::XmpParser::useCompactFormat) == 0) {
      packet = std::move(left);
    }
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace latent::metadata
