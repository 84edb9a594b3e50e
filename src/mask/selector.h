// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"
#include "mask/prompts.h"

namespace latent::mask {

/// A photograph made ready for the built-in selector: reduced to 1536 pixels, cut into superpixels,
/// its edges and looks measured. Made once, used by every click.
///
/// Threads  may be used by several at once.
class Encoded {
 public:
  /// Shapes   picture [h, w, 3], encoded sRGB, 0..255.
  /// Errors   TooLarge where memory is refused; Cancelled.
  [[nodiscard]] static Result<std::shared_ptr<const Encoded>> create(
      ImageView<const std::uint8_t> picture, const RunControl& control = {});
  ~Encoded();
  Encoded(const Encoded&) = delete;
  Encoded& operator=(const Encoded&) = delete;

  [[nodiscard]] Size full_size() const;
  [[nodiscard]] Size size() const;  ///< of the masks that Selector gives

 private:
  friend class Selector;
  struct State;
  explicit Encoded(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Finds one object from clicks, boxes and strokes, without any network.
///
/// Each prompt is answered by proposals: graph cuts of many sizes around it, with a geodesic prior
/// and the looks near the marks, and regions of a merge tree. Every proposal gets a score, and the
/// mask is what the best of them agree on; then its outline is moved to the edges of the picture.
/// A prompt changes the mask that the prompts before it made, so the same list always gives the
/// same mask, and a list that only grew costs one answer.
///
/// Threads  one call at a time.
class Selector {
 public:
  explicit Selector(std::shared_ptr<const Encoded> encoded);
  ~Selector();
  Selector(Selector&&) noexcept;
  Selector& operator=(Selector&&) noexcept;

  /// `prompts`   of one object, in order; all have passed check_prompt()
  /// `previous`  a mask to go on from, [h, w, 1], any size, 0 to 1; or null
  /// Shapes   return [h, w, 1] of Encoded::size(): 1 in the object, 0 elsewhere.
  /// Errors   Usage where there is no prompt on the object and no mask before; TooLarge, Cancelled.
  [[nodiscard]] Result<Image<std::uint8_t>> select(std::span<const Prompt> prompts,
                                                   const Image<float>* previous = nullptr,
                                                   const RunControl& control = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace latent::mask
