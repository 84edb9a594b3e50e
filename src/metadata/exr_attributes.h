// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metadata/container_blocks.h"

namespace latent::metadata {

/// What the header of an OpenEXR file says of the photograph: the attribute "xmp", and as EXIF
/// fields those that the format has names for (owner, comments, capDate, expTime, aperture,
/// isoSpeed, latitude, longitude, altitude, camera and lens). Other attributes that are not about
/// how the file is stored come as they stand, windows, aspect and colours among them; those above
/// 64 kB are named in a warning. Of those of one name the first counts. Damage ends the walk.
///
/// Units    expTime seconds, angles in degrees (east and north positive), altitude and focal length
///          as EXIF has them, in metres and millimetres.
/// Source   "OpenEXR File Layout", "Standard Attributes" of the OpenEXR project.
[[nodiscard]] ContainerBlocks exr_attributes(const ReadAt& read_at, const Limits& limits);

}  // namespace latent::metadata
