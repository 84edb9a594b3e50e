// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/earlier_work.h"

#include <algorithm>
#include <exiv2/exiv2.hpp>

#include "metadata/exiv2_guard.h"

namespace latent::metadata {

namespace {

std::string text_of(const Exiv2::XmpData& xmp, const char* key) {
  const auto found = xmp.findKey(Exiv2::XmpKey(key));
  return found == xmp.end() ? std::string{} : found->toString();
}

}  // namespace

std::vector<EarlierWork> earlier_work(const std::string& packet) {
  std::vector<EarlierWork> works;
  if (packet.empty()) return works;
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData xmp;
    if (Exiv2::XmpParser::decode(xmp, packet) != 0) return works;
    const std::string ours = text_of(xmp, "Xmp.latent.Task");
    if (!ours.empty()) {
      const std::string version = text_of(xmp, "Xmp.latent.Version");
      works.push_back({ours, version.empty() ? "Latent" : "Latent " + version});
    }
    const std::string theirs = text_of(xmp, kDarktableMarker.data());
    if (!theirs.empty() && std::ranges::count(works, theirs, &EarlierWork::task) == 0) {
      works.push_back({theirs, "darktable"});
    }
  } catch (const std::exception&) {
    return works;  // what cannot be read tells nothing
  }
  return works;
}

}  // namespace latent::metadata
