// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/libraries.h"

#include <zlib.h>

#include <exiv2/exiv2.hpp>

namespace latent::metadata {

std::vector<LibraryFact> libraries() {
  return {{"Exiv2", Exiv2::versionString(), "GPL-2.0-or-later"}, {"zlib", ::zlibVersion(), "Zlib"}};
}

}  // namespace latent::metadata
