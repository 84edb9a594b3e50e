// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/placing.h"

#include <algorithm>
#include <array>
#include <exiv2/exiv2.hpp>
#include <string_view>

#include "metadata/drop_properties.h"
#include "metadata/exr_windows.h"
#include "metadata/photoshop.h"
#include "metadata/placed_fields.h"

namespace latent::metadata {

namespace {

constexpr std::array<std::string_view, 8> kOfColours{"Xmp.photoshop.ICCProfile",
                                                     "Xmp.exif.Gamma",
                                                     "Xmp.exifEX.Gamma",
                                                     "Xmp.tiff.WhitePoint",
                                                     "Xmp.tiff.PrimaryChromaticities",
                                                     "Xmp.tiff.TransferFunction",
                                                     "Xmp.tiff.YCbCrCoefficients",
                                                     "Xmp.tiff.ReferenceBlackWhite"};

bool says_colours(const Exiv2::Xmpdatum& datum) {
  const std::string key = datum.key();
  return std::ranges::any_of(kOfColours, [&](std::string_view name) {
    return key.starts_with(name) &&
           (key.size() == name.size() || key[name.size()] == '[' || key[name.size()] == '/');
  });
}

}  // namespace

void place(Metadata& metadata, const Placing& placing) {
  if (placing.changes_nothing()) return;
  place_fields(metadata, placing);
  place_xmp(metadata.xmp, placing);
  place_paths(metadata.photoshop, placing);
  place_windows(metadata, placing);
  if (metadata.attached && !placing.is_whole()) {
    metadata.warnings.push_back(metadata.attached->name +
                                " was left out: it belongs to the whole picture");
    metadata.attached.reset();
  }
}

void forget_colours(Metadata& metadata) {
  constexpr std::uint16_t kGamma = 0xa500;
  std::erase_if(metadata.photo, [](const Field& field) { return field.tag == kGamma; });
  std::erase_if(metadata.exr, [](const ExrAttribute& one) { return one.name == "chromaticities"; });
  drop_properties(metadata.xmp, says_colours);
}

}  // namespace latent::metadata
