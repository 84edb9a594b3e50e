// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "colour/camera_matrix.h"
#include "image/linear_raw.h"
#include "image/mosaic.h"

namespace latent::raw {

/// Makes the small sRGB picture that a DNG carries, while the rows of the denoised mosaic go by:
/// sites of one colour are averaged over blocks, so no demosaicing is needed.
///
/// Shapes   rows in: [rows, active width] counts, or [rows, width, 3] of a linear picture, top to
///          bottom. Out: [h, w, 3] 8-bit sRGB, not
///          rotated, long side at most about `long_side`, covering the crop.
/// Units    in: sensor counts of the source's levels. out: sRGB-encoded; exposure set so that the
///          brightest percent is just below white, as a camera's own preview would be.
/// Threads  one at a time.
class PreviewAccumulator {
 public:
  /// Keeps facts of the mosaic, not the mosaic.
  PreviewAccumulator(const Mosaic& mosaic, int long_side);
  /// The same for a picture without a mosaic.
  PreviewAccumulator(const LinearRaw& picture, int long_side);

  /// The row `y` of the active area.
  void add_row(int y, const float* counts);

  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] Result<Image<std::uint8_t>> finish() const;

 private:
  /// Where the sites of one row of the CFA's period go, a value for each column.
  struct RowPlan {
    std::vector<std::uint32_t> target;  ///< 3 * output column + colour, one for each sample
    std::vector<float> black;
    std::vector<float> scale;
  };
  [[nodiscard]] RowPlan plan_of(const Mosaic& mosaic, int y) const;
  [[nodiscard]] RowPlan plan_of(const LinearRaw& picture) const;
  void begin(int block);

  bool mono_ = false;
  std::array<double, 3> balance_{1, 1, 1};
  colour::Matrix3 to_srgb_{};
  Rect crop_in_active_;
  int block_ = 2;
  int samples_per_px_ = 1;
  Size size_;
  Size period_;
  std::vector<RowPlan> plans_;  ///< one for each row of the period
  std::vector<float> sum_;      ///< [h, w, 3]
  std::vector<float> count_;    ///< [h, w, 3]
};

}  // namespace latent::raw
