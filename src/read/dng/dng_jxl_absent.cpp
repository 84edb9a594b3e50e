// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_jxl.h"

namespace latent::read {

bool dng_jxl_is_there() { return false; }

Result<std::vector<std::uint16_t>> decode_jxl_block(std::span<const std::uint8_t>,
                                                    const JxlBlock&) {
  return fail(ErrorCode::Unsupported, "holds JPEG XL, which this program was built without");
}

}  // namespace latent::read
