// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent {

/// A library of other people that this program stands on.
struct LibraryFact {
  std::string name;
  std::string version;  ///< of the one that runs; of header-only ones, of the one compiled in
  std::string licence;  ///< SPDX
};

}  // namespace latent
