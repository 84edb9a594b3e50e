// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/text_places.h"

#include <algorithm>
#include <array>
#include <exiv2/exiv2.hpp>

#include "metadata/tiff_fields.h"

namespace latent::metadata {

namespace {

/// Where a text of PNG has its place elsewhere.
struct Place {
  const char* keyword;
  const char* xmp;
  std::uint16_t exif;  ///< of IFD 0; 0 where it has none
  Exiv2::TypeId type;
};

constexpr std::array kPlaces{
    Place{"Title", "Xmp.dc.title", 0, Exiv2::langAlt},
    Place{"Description", "Xmp.dc.description", tag::kImageDescription, Exiv2::langAlt},
    Place{"Author", "Xmp.dc.creator", tag::kArtist, Exiv2::xmpSeq},
    Place{"Copyright", "Xmp.dc.rights", tag::kCopyright, Exiv2::langAlt}};

/// Whether a property, or one item of a list, is that text.
bool says(const Exiv2::Xmpdatum& datum, const std::string& text) {
  constexpr long kMostItems = 100;
  for (long n = 0; n < std::min(kMostItems, datum.count()); ++n) {
    if (datum.toString(n) == text) return true;
  }
  return false;
}

void place(TextEntry& entry, const Place& where, const std::string& in_exif, Exiv2::XmpData& xmp) {
  const Exiv2::XmpKey key(where.xmp);
  const auto there = xmp.findKey(key);
  if (!in_exif.empty() || there != xmp.end()) {
    entry.elsewhere = in_exif == entry.text || (there != xmp.end() && says(*there, entry.text));
    return;
  }
  const auto value = Exiv2::Value::create(where.type);
  value->read(where.type == Exiv2::langAlt ? "lang=\"x-default\" " + entry.text : entry.text);
  xmp.add(key, value.get());
  entry.elsewhere = true;
}

}  // namespace

void place_texts(Metadata& metadata, Exiv2::XmpData& xmp) {
  for (TextEntry& entry : metadata.texts) {
    if (entry.keyword == "Software") entry.elsewhere = true;  // latent:SourceSoftware
    for (const Place& where : kPlaces) {
      if (entry.keyword != where.keyword) continue;
      const std::string in_exif = where.exif != 0 ? metadata.image_text(where.exif) : "";
      place(entry, where, in_exif, xmp);
    }
  }
}

}  // namespace latent::metadata
