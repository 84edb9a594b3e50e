// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "image/mosaic.h"

namespace latent::raw {

/// The noise of a photosite of this camera at its ISO, the same for all colours, from the table
/// camera_noise.txt: what others measured of 433 models, on straight lines between the ISO of its
/// entries. A camera is known by maker and model as Exif has them, or by its DNG's name for it;
/// letters and digits count, and names under which it is sold elsewhere are known.
///
/// One factor holds for all cameras (tools/make_camera_noise.py): sigma is right within about a
/// quarter, and b is badly known.
///
/// Errors   Unsupported  the file does not name its camera or its ISO, or the table does not have
///                       that camera, or not that ISO.
/// Threads  pure function.
[[nodiscard]] Result<NoiseModel> camera_noise(const CameraFacts& camera);

}  // namespace latent::raw
