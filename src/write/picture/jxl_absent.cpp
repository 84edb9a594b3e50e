// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/picture_encoder.h"

namespace latent::write {

std::unique_ptr<PictureEncoder> jxl_encoder(EncoderJob&) { return nullptr; }

bool jxl_is_there() { return false; }

}  // namespace latent::write
