// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/mask_files.h"
#include "app/mask_finder.h"
#include "base/result.h"
#include "base/run_control.h"
#include "mask/session.h"
#include "read/photograph.h"

namespace latent::app {

/// A photograph that is ready for masks, for whoever asks more than once: the library.
struct OpenMasks {
  mask::MaskSession session;
  std::optional<tasks::MaskNetwork> network;  ///< absent: the built-in selector
  std::string model;                          ///< its id
  std::string source_sha256;
  std::vector<std::string> notices;  ///< of models and of reading
};

/// `asked`   of it `model`, `engine`, `encodings` and `limits` count
/// Errors   as mask_finder() and tasks::prepare_object_mask().
[[nodiscard]] Result<OpenMasks> open_masks(const read::Photograph& photograph, const MaskJob& asked,
                                           const Workplace& at, const RunControl& control);

/// Whether prompts were made for that photograph: its hash and its size, each where it is stated.
///
/// Errors   Usage  they were not; `clear` ends the sentence with what uses them all the same.
[[nodiscard]] Status check_prompts_source(const mask::PromptSet& prompts, const OpenMasks& masks);

/// Writes a mask in the form that the target's ending asks for; a path has `feather_px`.
///
/// Errors   Usage  a mask of another size than the target's photograph; NotFound  a path of an empty
///          mask; as check_mask_target() and write_mask_picture() or write_mask_path().
[[nodiscard]] Status write_mask(const MaskTarget& target, ImageView<const float> mask,
                                double feather_px, const Limits& limits, const RunControl& control);

}  // namespace latent::app
