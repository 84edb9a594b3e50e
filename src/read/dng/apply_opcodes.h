// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "image/linear_raw.h"
#include "image/mosaic.h"

namespace latent::read {

/// Applies the opcode lists of a DNG to samples that are about to be developed, in their order:
/// defective sites are mended; tables, polynomials, deltas, factors, gain maps and radial vignettes
/// work on the samples, of OpcodeList1 as they are stored, of OpcodeList2 between black and white.
/// Of OpcodeList3, which is for demosaiced pixels, gains that come before any warp are applied to
/// the samples of each colour.
///
/// Gives what was not applied (warps, TrimBounds, opcodes that nobody knows), one sentence, or
/// nothing.
///
/// Units    rounded to counts and kept within 16 bits; nothing is clipped at black or white.
[[nodiscard]] std::string apply_opcodes(Mosaic& mosaic);

/// The same for a mosaic whose colours will be written for others to develop: what was not applied
/// of OpcodeList3 stays in its carried tags, and all other lists go. Gives what was not applied of
/// these, by name.
[[nodiscard]] std::vector<std::string> apply_mosaic_opcodes(Mosaic& mosaic);
[[nodiscard]] std::string apply_opcodes(LinearRaw& linear);

}  // namespace latent::read
