// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "image/image.h"
#include "image/mosaic.h"
#include "raw/colour_start.h"
#include "raw/encode.h"

namespace latent::raw {

/// Interpolates a mosaic that was cleaned, while its rows go by: the start of ColourStart, made of
/// these rows in place of the mosaic's samples, taken for the result.
///
/// Threads  one at a time.
class ColourInterpolation {
 public:
  /// `seen`: of the frame, whose rows come in: `area` and ColourStart::kReach around it, as far as
  /// the frame goes. The mosaic must outlive it.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<ColourInterpolation> create(const Mosaic& mosaic,
                                                          const Encoder& encoder, const Rect& seen,
                                                          const Rect& area);

  /// Counts of the row `y` of `seen`, the next one. All that take() gives must have been taken.
  void add(int y, std::span<const float> counts);

  struct Row {
    int y = 0;                     ///< of `area`
    std::span<const float> light;  ///< [area width, 3], kColourWhite is white; until the next call
  };
  /// The next row of `area`, top to bottom; no value while it has to wait, or at the end.
  [[nodiscard]] std::optional<Row> take();

  ColourInterpolation(ColourInterpolation&&) noexcept;
  ColourInterpolation& operator=(ColourInterpolation&&) noexcept;
  ~ColourInterpolation();

 private:
  struct State;
  explicit ColourInterpolation(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::raw
