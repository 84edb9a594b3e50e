// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "fill/patches.h"

namespace latent::fill {

struct VoteSettings {
  /// The share of patches whose difference is taken for usual: patches that differ more than usual
  /// count less. Smaller: the best patches alone decide, and the result is sharper.
  float usual = 0.75F;
  float tone = 0.05F;
  bool ring = true;  ///< also what the patches say of known pixels beside the hole
  /// Of vote_and_blend(): only the tone is brought to fit at the border. Else every known pixel
  /// there is continued, and the first pixels of the hole are smoother than all around them.
  bool tone_only = false;
  int threads = 1;
};

/// What the patches around each pixel of the hole say of it: the weighted mean of the pixels that
/// their sources have there.
///
/// Shapes   out [area.height, area.width, 4] like the level's pixels in `area`: set in the hole and,
///          with `ring`, at known pixels that touch it; elsewhere untouched.
/// Errors   TooLarge where memory is refused.
/// Source   Wexler, Shechtman and Irani, "Space-Time Completion of Video", PAMI 2007; Newson and
///          others, "Non-Local Patch-Based Image Inpainting", IPOL 2017 (weights).
[[nodiscard]] Status vote(const Level& level, const Patches& patches, const Field& field,
                          ImageView<const std::int32_t> depth, const VoteSettings& settings,
                          const Rect& area, ImageView<float> out);

/// vote(), then the difference to the known pixels beside the hole is spread over it as a membrane
/// and added: so no tone steps at the border. The hole's pixels of the level become the sum.
///
/// Errors   as vote() and fill_membrane().
[[nodiscard]] Status vote_and_blend(Level& level, const Patches& patches, const Field& field,
                                    ImageView<const std::int32_t> depth,
                                    const VoteSettings& settings);

}  // namespace latent::fill
