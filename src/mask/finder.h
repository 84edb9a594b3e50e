// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"
#include "mask/prompts.h"

namespace latent::mask {

/// What finds objects in one photograph: the built-in selector, or a network. Made once for the
/// photograph, asked click after click.
///
/// Threads  one call at a time.
class Finder {
 public:
  Finder() = default;
  Finder(const Finder&) = delete;
  Finder& operator=(const Finder&) = delete;
  virtual ~Finder() = default;

  /// Of the masks that it gives; not larger than the photograph.
  [[nodiscard]] virtual Size size() const = 0;

  /// The mask of one object.
  ///
  /// `object`    its number: answers are kept for each, so that one more prompt costs one answer
  /// `prompts`   of it, in order; all have passed check_prompt(). The same list gives the same mask
  /// `previous`  a mask to go on from, [h, w, 1], any size, 0 to 1; or null
  /// Shapes   return [h, w, 1] of size(): 1 in the object, 0 elsewhere.
  /// Errors   Usage where there is no prompt on the object and no mask before; TooLarge, Cancelled;
  ///          those of a network.
  [[nodiscard]] virtual Result<Image<std::uint8_t>> select(std::size_t object,
                                                           std::span<const Prompt> prompts,
                                                           const Image<float>* previous,
                                                           const RunControl& control) = 0;
};

/// Makes a finder for a picture [h, w, 3], encoded sRGB, 0..255, which need not outlive the call.
using FinderMaker = std::function<Result<std::unique_ptr<Finder>>(
    ImageView<const std::uint8_t> picture, const RunControl& control)>;

/// The built-in selector.
///
/// Errors   as Encoded::create().
[[nodiscard]] Result<std::unique_ptr<Finder>> built_in_finder(ImageView<const std::uint8_t> picture,
                                                              const RunControl& control);

}  // namespace latent::mask
