// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/safe_file.h"
#include "image/mask.h"
#include "mask/prompts.h"

namespace latent::app {

struct MaskOverlayOptions {
  bool overwrite = false;
  FileAccess access = {};  ///< no more open than the photograph
  /// What was clicked, drawn and painted; shown over the photograph. May be null.
  const mask::PromptSet* prompts = nullptr;
};

/// Writes the photograph with the mask over it, to look at: what lies outside is dark, the object
/// keeps its colours, and a line runs along the outline. Clicks are discs, green on the object and
/// red beside it, boxes yellow lines, brushes lines of the colours of clicks. PNG, 8 bits, not turned.
///
/// Shapes   picture [h, w, 3], encoded sRGB; mask [h, w, 1].
/// Errors   as write::write_png().
[[nodiscard]] Status write_mask_overlay(const std::filesystem::path& target,
                                        ImageView<const std::uint8_t> picture,
                                        ImageView<const float> mask,
                                        const MaskOverlayOptions& options);

}  // namespace latent::app
