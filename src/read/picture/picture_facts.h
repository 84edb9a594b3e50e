// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "image/picture.h"

namespace latent::read {

/// What the header of a picture tells, before a sample is decoded. The fields mean what they mean
/// in Picture.
struct PictureFacts {
  std::string format;
  Size size;
  int colours = 3;
  bool alpha = false;
  SampleDepth depth = SampleDepth::U8;
  Orientation orientation = 1;
  bool is_raw = false;  ///< a camera's raw file, which would be developed neutrally
};

}  // namespace latent::read
