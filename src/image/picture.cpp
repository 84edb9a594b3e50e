// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/picture.h"

namespace latent {

const char* sample_depth_name(SampleDepth depth) {
  switch (depth) {
    case SampleDepth::U8:
      return "8-bit";
    case SampleDepth::U16:
      return "16-bit";
    case SampleDepth::F32:
      return "32-bit float";
  }
  return "unknown depth";
}

}  // namespace latent
