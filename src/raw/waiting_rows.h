// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

#include "image/image.h"
#include "raw/keep_means.h"
#include "raw/unpack.h"

namespace latent::raw {

/// Rows of a result that wait, because what is added to keep their means is known only when more
/// have come: 256 of them at most, 4 bytes a sample.
///
/// Threads  one at a time.
class WaitingRows {
 public:
  /// No value where nothing has to wait: at strength 0, and for networks that do not give means of
  /// clipped samples (no Encoder::highlights()), which near white are not those of the source.
  ///
  /// `seen`: as MeanKeeper's, whose residual comes in and for whose columns the Unpacker is made;
  /// `area`: the part of it that is wanted, both in the frame.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<std::optional<WaitingRows>> create(const Mosaic& mosaic,
                                                                 const Encoder& encoder,
                                                                 const Rect& seen, const Rect& area,
                                                                 const NoiseModel& noise,
                                                                 double strength);

  /// Takes the residual of the row `y` of `seen`, the next one. All that take() gives must have
  /// been taken.
  void add(const Unpacker& unpacker, int y, std::span<const float> residual);

  struct Row {
    int y = 0;                      ///< of `area`
    std::span<const float> counts;  ///< until the next add()
  };

  /// The next row of `area`, top to bottom: what Unpacker::row() would have given, with the means
  /// of the source. No value while it has to wait, or where all have been taken.
  [[nodiscard]] std::optional<Row> take(const Unpacker& unpacker);

 private:
  WaitingRows(const Mosaic& mosaic, const Rect& seen, const Rect& area, const NoiseModel& noise,
              Image<float> rows);

  Rect seen_;
  Rect area_;
  MeanKeeper means_;
  Image<float> rows_;  ///< row y of `seen` is row y modulo the height
  int next_ = 0;       ///< of `area`
};

}  // namespace latent::raw
