// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/tensor.h"
#include "rgb/gamut_guard.h"
#include "rgb/noise_level.h"
#include "tasks/picture/source.h"

namespace latent::tasks {

/// What stands between a picture and the planes of a network.
struct PlanesOfTile {
  const PictureSource& source;
  const rgb::GamutGuard& guard;
  WideGamut gamut;
  int unshuffle;
};

/// Fills r, g, b and the level of each for one tile (latent_rgb_v1); beyond the picture by
/// mirroring.
///
/// Shapes   planes [1, 6 * unshuffle^2, tile height / unshuffle, tile width / unshuffle].
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Status pack_rgb_levels(const PlanesOfTile& what, const rgb::NoiseLevel& level,
                                     const Rect& tile, TensorView planes);

/// Fills r, g, b and one level for all pixels (latent_upscale_v1).
///
/// Shapes   planes [1, 4 * unshuffle^2, ..].
/// Errors   as pack_rgb_levels().
[[nodiscard]] Status pack_rgb_level(const PlanesOfTile& what, float level, const Rect& tile,
                                    TensorView planes);

/// Of a grey picture, given to the network three times: the mean of the three residuals, again in
/// three channels. `out` grows as needed; its first rows are filled.
///
/// Shapes   residual [n, w, 3].
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Status averaged_over_channels(ImageView<const float> residual, Image<float>& out);

/// Standard deviation of the luminance of a residual over all of it, for
/// rgb::darktable_thresholds(): with the weights of Rec. 709, which darktable takes on Rec. 2020
/// too. Rows come in any portions, top to bottom.
class LuminanceSigma {
 public:
  /// Shapes   residual [n, w, 3].
  void add(ImageView<const float> residual);
  [[nodiscard]] double value() const;

 private:
  double sum_ = 0;
  double squares_ = 0;
  double count_ = 0;
};
[[nodiscard]] double luminance_sigma(ImageView<const float> residual);

/// Takes a residual off rows [first, last) of `rows`, which are in the working encoding.
///
/// Shapes   residual [h, w, 3]; rows [h, w, 1 or 3].
void subtract_rows(const rgb::GamutGuard& guard, WideGamut gamut, ImageView<const float> residual,
                   int first, int last, ImageView<float> rows);

}  // namespace latent::tasks
