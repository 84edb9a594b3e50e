// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "image/mask.h"
#include "mask/finder.h"
#include "mask/prompts.h"
#include "mask/refine.h"
#include "mask/second_look.h"

namespace latent::mask {

/// Which pieces of what was found are kept.
enum class KeptPieces : std::uint8_t {
  Clicked,  ///< those with a click or stroke in them; of a box alone the largest
  All
};

/// What is done with objects that are small in the frame.
enum class SmallObjects : std::uint8_t {
  Crop,  ///< they are looked for again in a crop around them, larger
  Whole
};

struct MaskSettings {
  RefineSettings refine;
  /// After each answer a second one is asked for, with a click in the middle of what was found.
  bool second_prompts = false;
  SmallObjects small_objects = SmallObjects::Whole;
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
  /// `make`   what finds the objects: the built-in selector, or a network
  /// Shapes   picture [h, w, 3], encoded sRGB, 0..255, as decoded (not turned).
  /// Errors   those of `make`.
  [[nodiscard]] static Result<MaskSession> create(Image<std::uint8_t> picture,
                                                  const RunControl& control = {},
                                                  FinderMaker make = built_in_finder);

  [[nodiscard]] Size size() const { return picture_.size(); }
  [[nodiscard]] ImageView<const std::uint8_t> picture() const { return picture_.view(); }
  /// The picture, for who needs no more masks.
  [[nodiscard]] Image<std::uint8_t> take_picture() && { return std::move(picture_); }

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
  MaskSession(Image<std::uint8_t> picture, FinderMaker make, std::unique_ptr<Finder> finder);

  using Close = PartMask;
  struct Crop {
    Rect area;
    std::unique_ptr<Finder> finder;
  };

  /// What a finder says of an object, asked a second time where the settings want it.
  [[nodiscard]] Result<Image<std::uint8_t>> found(Finder& finder, std::size_t number,
                                                  const ObjectPrompts& object,
                                                  const MaskSettings& settings,
                                                  const SoftMask* previous,
                                                  const RunControl& control) const;
  /// An object that is small in the frame, looked for again in a crop; nothing of others.
  [[nodiscard]] Result<std::optional<Close>> closer(std::size_t number, const ObjectPrompts& object,
                                                    const MaskSettings& settings,
                                                    ImageView<const std::uint8_t> mask,
                                                    const RunControl& control);

  Image<std::uint8_t> picture_;
  FinderMaker make_;
  std::unique_ptr<Finder> finder_;
  std::vector<std::optional<Crop>> crops_;  ///< of each object
};

}  // namespace latent::mask
