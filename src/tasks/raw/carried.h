// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "image/geometry.h"
#include "image/mosaic.h"

// The tags of a DNG that travel to a result, as they are true of it.
namespace latent::tasks {

/// How the result lies to its source.
struct CarriedMove {
  Size buffer;        ///< of the source: the picture that OpcodeList1 counts in
  Rect frame;         ///< in it, what saw light: the picture of OpcodeList2 and 3
  Rect area;          ///< of the frame: what is written
  bool whole = true;  ///< all of the buffer is written
  double scale = 1;   ///< a sample becomes scale * sample + offset
  double offset = 0;
  bool values_hold = true;  ///< false: each colour has an offset of its own
  bool mended = false;      ///< the sites that FixBadPixels... name were repaired
};

struct CarriedTags {
  std::vector<CarriedTag> tags;
  std::string notice;  ///< what the result goes without, one sentence, or empty
};

/// Opcode lists opcode by opcode (metadata::move_opcodes()); what counts from the whole picture
/// (gain table maps, masked areas, the crop that a user drew) stays where the whole is written. All
/// other tags stay.
[[nodiscard]] CarriedTags carried_tags(const std::vector<CarriedTag>& tags,
                                       const CarriedMove& move);

}  // namespace latent::tasks
