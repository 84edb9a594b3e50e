// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "mask/session.h"
#include "read/photograph.h"
#include "tasks/mask/mask_network.h"

namespace latent::tasks {

/// A photograph as masks are looked for in it: [h, w, 3], encoded sRGB, 0..255, not turned.
struct MaskPicture {
  Image<std::uint8_t> picture;
  std::vector<std::string> notices;  ///< of reading it
};

/// Decodes a photograph (a raw file is developed neutrally) and brings it to encoded sRGB.
///
/// Errors   as PictureSource::open().
[[nodiscard]] Result<MaskPicture> mask_picture(const read::Photograph& photograph,
                                               const RunControl& control);

/// A photograph that is ready for masks.
struct PreparedMask {
  mask::MaskSession session;
  std::vector<std::string> notices;  ///< of reading it
};

/// mask_picture(), encoded for what finds the objects: the built-in selector, or a network
/// (tasks/mask/mask_network.h). Masks lie on the photograph as decoded, not turned.
///
/// Errors   as mask_picture() and MaskSession::create().
[[nodiscard]] Result<PreparedMask> prepare_object_mask(
    const read::Photograph& photograph, const RunControl& control,
    mask::FinderMaker make = mask::built_in_finder);

/// The object that a network without prompts finds in a picture, with the settings that follow it:
/// threshold, smoothing, feather.
///
/// Shapes   picture [h, w, 3], encoded sRGB, 0..255; return [h, w, 1].
/// Errors   as mask::automatic_mask().
[[nodiscard]] Result<SoftMask> automatic_object(const MaskNetwork& network,
                                                ImageView<const std::uint8_t> picture,
                                                const mask::MaskSettings& settings,
                                                const RunControl& control);

class PictureSource;

/// Part of a picture, encoded for the selector; places of prompts are shares of that part.
///
/// Errors   as MaskSession::create().
[[nodiscard]] Result<mask::MaskSession> mask_session_of(const PictureSource& source,
                                                        const Rect& part,
                                                        const RunControl& control);

}  // namespace latent::tasks
