// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/marks.h"

#include <algorithm>
#include <array>
#include <exiv2/exiv2.hpp>

#include "metadata/exiv2_guard.h"

namespace latent::metadata {

Marks marks_of(const std::string& packet) {
  constexpr std::array kColours{"Red", "Yellow", "Green", "Blue", "Purple"};  // darktable's order
  constexpr std::size_t kLongestLabel = 64;
  Marks marks;
  if (packet.empty()) return marks;
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData xmp;
    if (Exiv2::XmpParser::decode(xmp, packet) != 0) return marks;
    const auto rating = xmp.findKey(Exiv2::XmpKey("Xmp.xmp.Rating"));
    if (rating != xmp.end()) {
      marks.rating = static_cast<int>(std::clamp<long>(rating->toLong(), -1, 5));
    }
    const auto label = xmp.findKey(Exiv2::XmpKey("Xmp.xmp.Label"));
    if (label != xmp.end()) marks.label = label->toString().substr(0, kLongestLabel);
    const auto colours = xmp.findKey(Exiv2::XmpKey("Xmp.darktable.colorlabels"));
    if (marks.label.empty() && colours != xmp.end() && colours->count() > 0) {
      const long first = colours->toLong(0);
      if (first >= 0 && first < static_cast<long>(kColours.size())) {
        marks.label = kColours.at(static_cast<std::size_t>(first));
      }
    }
  } catch (const std::exception&) {
    return {};
  }
  return marks;
}

}  // namespace latent::metadata
