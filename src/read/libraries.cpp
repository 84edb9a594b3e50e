// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/libraries.h"

#include <OpenEXR/OpenEXRConfig.h>
#include <fmt/format.h>
#include <libraw/libraw.h>
#include <png.h>
#include <tiffio.h>

#include <cstdio>  // jpeglib.h uses FILE without including it

#include <jpeglib.h>
#ifdef LATENT_HAS_JXL
#include <jxl/decode.h>
#endif

#include <string>
#include <string_view>

namespace latent::read {

std::vector<LibraryFact> libraries() {
  // "LIBTIFF, Version 4.5.0" and lines about its makers.
  constexpr std::string_view kBefore = "Version ";
  std::string tiff = ::TIFFGetVersion();
  tiff = tiff.substr(0, tiff.find('\n'));
  if (const auto at = tiff.find(kBefore); at != std::string::npos)
    tiff.erase(0, at + kBefore.size());
  std::vector<LibraryFact> all{
      {"LibRaw", LibRaw::version(), "LGPL-2.1-only OR CDDL-1.0"},
      {"libtiff", tiff, "libtiff"},
      {"libjpeg", fmt::format("interface {}", JPEG_LIB_VERSION), "IJG AND BSD-3-Clause"},
      {"libpng", ::png_get_libpng_ver(nullptr), "libpng-2.0"},
      {"OpenEXR", OPENEXR_VERSION_STRING, "BSD-3-Clause"}};
#ifdef LATENT_HAS_JXL
  const unsigned jxl = ::JxlDecoderVersion();
  all.push_back({"libjxl", fmt::format("{}.{}.{}", jxl / 1000000, jxl / 1000 % 1000, jxl % 1000),
                 "BSD-3-Clause"});
#endif
  return all;
}

}  // namespace latent::read
