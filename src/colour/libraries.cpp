// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/libraries.h"

#include <fmt/format.h>
#include <lcms2.h>

namespace latent::colour {

std::vector<LibraryFact> libraries() {
  const int version = ::cmsGetEncodedCMMversion();
  return {{"Little CMS", fmt::format("{}.{}", version / 1000, version % 1000 / 10), "MIT"}};
}

}  // namespace latent::colour
