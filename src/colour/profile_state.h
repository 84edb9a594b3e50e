// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "colour/lcms.h"
#include "colour/profile.h"

namespace latent::colour {

struct Profile::State {
  std::vector<std::uint8_t> icc;
  ParsedProfile parsed;
};

}  // namespace latent::colour
