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
#include "raw/keep_means.h"
#include "raw/unpack.h"

namespace latent::raw {

/// White of what a demosaicing network's rows become; black is 0. One stop above white has room in
/// 16 bits.
inline constexpr float kColourWhite = 32768.0F;

/// What a count of one colour means: that of its first site, since all of them mean the same light
/// by the same u. u^2 * back_scale + back_shift is a count, (count - black) * to_light is light by
/// kColourWhite.
struct ColourMeaning {
  float back_scale = 1;
  float back_shift = 0;
  float black = 0;
  float to_light = 1;
  const HighlightCurve* highlight = nullptr;  ///< of the encoder, which must outlive it
  const ShadowCurve* shadow = nullptr;
};
[[nodiscard]] std::array<ColourMeaning, 3> meaning_of_colours(const Mosaic& mosaic,
                                                              const Encoder& encoder);

/// From rows of a demosaicing network's residual to three colours of light: takes the residual off
/// the start (ColourStart), goes back to counts, keeps the coarse means of the source (MeanKeeper,
/// by the sites that measured each colour) and undoes clipping at white and in the dark. A site that
/// is clipped in the source keeps its own colour where the result agrees, as in Unpacker.
///
/// Threads  one at a time.
class ColourUnpacker {
 public:
  /// `seen`: of the frame, whose residual comes in, as from MeanKeeper::needed(); `area`: the part
  /// of it that is wanted. The mosaic must outlive it.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<ColourUnpacker> create(const Mosaic& mosaic, const Encoder& encoder,
                                                     const Rect& seen, const Rect& area,
                                                     const NoiseModel& noise);

  /// The row `y` of `seen`, the next one: residual [seen width, 3]. All that take() gives must have
  /// been taken.
  void add(int y, std::span<const float> residual);

  struct Row {
    int y = 0;                     ///< of `area`
    std::span<const float> light;  ///< [area width, 3], kColourWhite is white; until the next call
  };
  /// The next row of `area`, top to bottom; no value while it has to wait, or at the end.
  [[nodiscard]] std::optional<Row> take();

 private:
  /// Held by pointer: its parts point at each other.
  struct State;

  explicit ColourUnpacker(std::unique_ptr<State> state);

 public:
  ColourUnpacker(ColourUnpacker&&) noexcept;
  ColourUnpacker& operator=(ColourUnpacker&&) noexcept;
  ~ColourUnpacker();

 private:
  std::unique_ptr<State> state_;
};

}  // namespace latent::raw
