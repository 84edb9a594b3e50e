// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "image/image.h"
#include "image/mosaic.h"
#include "raw/chromatic_shift.h"
#include "raw/encode.h"

namespace latent::raw {

/// Puts red and blue of a mosaic that was cleaned where green is, while its rows go by.
///
/// Colours differ from green smoothly, so it is differences that are moved: of each red site the
/// difference of its u from the green of the scene point that it shows,
///
///     D(s) = u(s) - green(s - shift),   u'(p) = green(p) + D(p + shift),
///
/// green interpolated along the calmer direction (X-Trans: 3x3 tent) and by cubics between sites, D
/// linear between sites of its colour (X-Trans: by their distances). Where nothing is shifted the
/// samples stay as they are.
///
/// Threads  one at a time; starts up to `threads`, on whose number nothing depends.
/// Source   the differences: what RawTherapee and others do about fringes; our own interpolations.
class ChromaticCorrection {
 public:
  /// What has to be known of the frame so that `area` can be corrected.
  [[nodiscard]] static Rect needed(const Rect& area, const ChromaticShift& shift);

  /// `seen`: of the frame, whose rows come in, needed() of `area`. The mosaic must outlive it.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<ChromaticCorrection> create(const Mosaic& mosaic,
                                                          const Encoder& encoder,
                                                          const ChromaticShift& shift,
                                                          const Rect& seen, const Rect& area,
                                                          int threads);

  /// Counts of the row `y` of `seen`, the next one. All that take() gives must have been taken.
  void add(int y, std::span<const float> counts);

  struct Row {
    int y = 0;                      ///< of `area`
    std::span<const float> counts;  ///< [area width]; until the next call
  };
  /// The next row of `area`, top to bottom; no value while it has to wait, or at the end.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] Result<std::optional<Row>> take();

  ChromaticCorrection(ChromaticCorrection&&) noexcept;
  ChromaticCorrection& operator=(ChromaticCorrection&&) noexcept;
  ~ChromaticCorrection();

 private:
  struct State;
  explicit ChromaticCorrection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::raw
