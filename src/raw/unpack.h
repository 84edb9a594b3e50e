// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/mosaic.h"
#include "raw/encode.h"

namespace latent::raw {

/// Takes the network's residual off source samples and goes back to sensor counts, in float32:
///
///     d = count((u - r)),   v = strength * d + (1 - strength) * source
///
/// Where the encoder says so, d is a mean of clipped samples and the light that made it is found
/// first (HighlightCurve).
///
/// A site that is clipped in the source stays as it is only where d agrees that it is: within 1 %
/// of the range or half a sigma, or within 0.15 % where clipping is undone. A noise peak that
/// reached white was noise. Nothing else is clipped: values below black and above white survive.
/// Strength 0 gives the source itself, whatever the residual.
///
/// Threads  one object for one thread; it keeps the codes of one period, however wide the frame.
class Unpacker {
 public:
  /// For the columns [first_column, first_column + width) of the frame (the active area).
  Unpacker(const Mosaic& mosaic, const Encoder& encoder, int first_column, int width,
           double strength);

  /// Row `frame_y`.
  ///
  /// Shapes   residual and counts: width values each.
  /// Units    residual in u; counts in sensor counts, not rounded.
  void row(int frame_y, std::span<const float> residual, std::span<float> counts) const;

  /// The first half of row(), for who has the means to correct in between (MeanKeeper): d, a mean
  /// of clipped samples where the encoder says so.
  void decode(int frame_y, std::span<const float> residual, std::span<float> counts) const;

  /// The second half, in place.
  void finish(int frame_y, std::span<float> counts) const;

 private:
  /// What the row's arithmetic needs, a value for each column of a stretch.
  struct RowCode {
    std::vector<float> scale;
    std::vector<float> shift;
    std::vector<float> back_scale;
    std::vector<float> back_shift;
    std::vector<float> saturation;
    std::vector<float> agreement;
    std::vector<float> highlight;  ///< from here on clipping is undone; empty: nowhere
    std::vector<float> shadow;     ///< down from here likewise
  };
  void decode_balanced(int frame_y, std::span<const float> residual, std::span<float> counts) const;
  /// Calls work(pointers, counts, first column) for stretches of a row.
  template <class Work>
  void by_stretches(int frame_y, std::span<float> counts, const Work& work) const;
  [[nodiscard]] const RowCode& code_of(int frame_y) const;
  void undo_shadows(Point first, const RowCode& code, std::span<float> counts) const;
  void undo_clipping(Point first, const RowCode& code, std::span<float> counts) const;

  const Mosaic& mosaic_;
  Encoder encoder_;
  int first_column_ = 0;
  std::size_t width_ = 0;
  std::size_t stretch_ = 0;  ///< columns that are worked on at once: whole periods, or all
  float strength_ = 1;
  std::vector<RowCode> codes_;  ///< one for each row of the period
  std::vector<int> columns_;    ///< of the frame, where greens are balanced; else empty
};

/// stored = round(counts * 2^shift + pedestal), kept within 0..65535: what goes into the file.
///
/// Shapes   counts and stored: the same number of values.
void store_row(std::span<const float> counts, int shift, int pedestal,
               std::span<std::uint16_t> stored);

/// The same for samples that no network touched; exact.
void store_row(std::span<const std::uint16_t> counts, int shift, int pedestal,
               std::span<std::uint16_t> stored);

}  // namespace latent::raw
