// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/libraries.h"

#include <potracelib.h>

#include <string>

namespace latent::mask {

std::vector<LibraryFact> libraries() {
  // "potracelib 1.16"
  const std::string words = ::potrace_version();
  return {{"potrace", words.substr(words.rfind(' ') + 1), "GPL-2.0-or-later"}};
}

}  // namespace latent::mask
