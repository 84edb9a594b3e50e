// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/jxl_tile.h"

namespace latent::write {

bool jxl_tiles_are_there() { return false; }

Result<std::vector<std::uint8_t>> encode_jxl_tile(ImageView<const std::uint16_t>,
                                                  const JxlCoding&) {
  return fail(ErrorCode::Internal, "this program was built without JPEG XL");
}

}  // namespace latent::write
