// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/picture_file.h"

namespace latent::read {

OpenedPicture open_jxl_picture(const ByteSource&, const Limits&) {
  return fail(ErrorCode::Unsupported,
              "is a JPEG XL picture, and this program was built without libjxl; convert it to TIFF "
              "first");
}

}  // namespace latent::read
