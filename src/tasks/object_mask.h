// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/run_control.h"
#include "mask/session.h"
#include "read/photograph.h"

namespace latent::tasks {

/// A photograph that is ready for masks.
struct PreparedMask {
  mask::MaskSession session;
  std::vector<std::string> notices;  ///< of reading it
};

/// Decodes a photograph (a raw file is developed neutrally), brings it to encoded sRGB and encodes
/// it for the selector. Masks lie on the photograph as decoded, not turned.
///
/// Errors   as PictureSource::open() and MaskSession::create().
[[nodiscard]] Result<PreparedMask> prepare_object_mask(const read::Photograph& photograph,
                                                       const RunControl& control);

class PictureSource;

/// Part of a picture, encoded for the selector; places of prompts are shares of that part.
///
/// Errors   as MaskSession::create().
[[nodiscard]] Result<mask::MaskSession> mask_session_of(const PictureSource& source,
                                                        const Rect& part,
                                                        const RunControl& control);

}  // namespace latent::tasks
