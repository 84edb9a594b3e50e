// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "image/geometry.h"
#include "metadata/dng_opcodes.h"

namespace latent::metadata {

/// How the samples of a result lie to those that an opcode list was written for.
struct OpcodeMove {
  Size from;                ///< the picture that the list counts in
  Rect to;                  ///< what of it is left; its corner becomes the new (0, 0)
  double scale = 1;         ///< a value becomes scale * value + offset,
  double offset = 0;        ///< in units of which 65535 are the whole range
  bool values_hold = true;  ///< false: values have become others altogether

  [[nodiscard]] bool is_cut() const { return to != Rect{0, 0, from.width, from.height}; }
  [[nodiscard]] bool is_scaled() const { return scale != 1 || offset != 0; }
};

/// A list as it is true of the new samples.
struct MovedOpcodes {
  std::vector<DngOpcode> kept;
  std::vector<std::string> lost;  ///< names of those that are true no more, each once
};

/// Moves a list opcode by opcode:
///   - what names places (FixBadPixelsList, TrimBounds, the areas of all opcodes on values) is cut
///     and counted from the new corner; gain maps and radial vignettes keep their place in the
///     scene; an opcode of which nothing is left inside goes;
///   - what works on values (MapTable, MapPolynomial, DeltaPer..., FixBadPixelsConstant) is
///     rewritten for scaled ones; factors (ScalePer..., GainMap, FixVignetteRadial) stay as they
///     are, as long as zero stays zero;
///   - warps, of which the result has not all pixels that they ask for, and opcodes that nobody
///     knows stay only where nothing is cut (and, unknown ones, nothing scaled).
/// What is not moved is lost, by its name.
[[nodiscard]] MovedOpcodes move_opcodes(const std::vector<DngOpcode>& opcodes,
                                        const OpcodeMove& move);

}  // namespace latent::metadata
