// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"
#include "mask/prompts.h"
#include "mask/refine.h"
#include "mask/selector.h"

namespace latent::mask {

/// Which pieces of what was found are kept.
enum class KeptPieces : std::uint8_t {
  Clicked,  ///< those with a click or stroke in them; of a box alone the largest
  All
};

struct MaskSettings {
  RefineSettings refine;
  KeptPieces objects = KeptPieces::Clicked;
  /// Where the outline lies in the soft edge: more makes the mask smaller. Above 0, below 1.
  double threshold = 0.5;
  /// Pieces and holes smaller than this share of the picture are removed. 0 keeps all; to 0.1.
  double cleanup = 0.0002;
  /// How far the outline is rounded off: a radius in pixels of the photograph. 0 to 200.
  double smoothing = 0;
  /// Over how many pixels of the photograph the edge is made to fall off. 0 to 1000.
  double feather = 0;
};

/// Errors   Usage for a setting out of range.
[[nodiscard]] Status check_settings(const MaskSettings& settings);

/// A photograph to make masks of: encoded once, then asked again and again.
///
/// Threads  one call at a time.
class MaskSession {
 public:
  /// Shapes   picture [h, w, 3], encoded sRGB, 0..255, as decoded (not turned).
  /// Errors   as Encoded::create().
  [[nodiscard]] static Result<MaskSession> create(Image<std::uint8_t> picture,
                                                  const RunControl& control = {});

  [[nodiscard]] Size size() const { return picture_.size(); }
  [[nodiscard]] ImageView<const std::uint8_t> picture() const { return picture_.view(); }

  /// The mask of all objects together.
  ///
  /// `previous`  a mask that the first object goes on from, or null. Without prompts it is kept as
  ///             it is, so that only its edge is refined
  /// Shapes   return [h, w, 1] of size(), 0 to 1.
  /// Errors   Usage as check_prompts() and check_settings(); TooLarge, Cancelled.
  [[nodiscard]] Result<SoftMask> mask(const PromptSet& prompts, const MaskSettings& settings,
                                      const SoftMask* previous = nullptr,
                                      const RunControl& control = {});

 private:
  MaskSession(Image<std::uint8_t> picture, std::shared_ptr<const Encoded> encoded);

  Image<std::uint8_t> picture_;
  std::shared_ptr<const Encoded> encoded_;
  std::vector<Selector> selectors_;  ///< of each object
};

}  // namespace latent::mask
