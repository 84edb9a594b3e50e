// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "image/geometry.h"
#include "image/mosaic.h"

namespace latent::metadata {

/// What the opcode lists of a mosaic name as defective.
struct ListedSites {
  std::vector<Point> sites;          ///< of the frame, in no order
  std::vector<std::string> notices;  ///< what is to be said of a list that names too many
  std::string names;                 ///< of the opcodes that name them
};

/// Reads FixBadPixelsConstant and FixBadPixelsList of OpcodeList1 and OpcodeList2. Where they mark
/// more than 4 % of the frame, they cannot mean defects, and none counts.
[[nodiscard]] ListedSites listed_sites(const Mosaic& mosaic);

}  // namespace latent::metadata
