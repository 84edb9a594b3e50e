// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "write/picture/picture_encoder.h"

namespace latent::write {

/// Takes out of a job what the source carries and its format does not hold: text, what stands behind
/// the picture, OpenEXR's attributes and windows, Photoshop's paths; names it in the job's warnings,
/// one sentence for each kind. XMP no longer points at what is gone.
void drop_what_is_not_held(PictureFormat format, const char* format_name, EncoderJob& job);

}  // namespace latent::write
