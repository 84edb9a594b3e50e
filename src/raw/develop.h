// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "colour/camera_matrix.h"
#include "image/linear_raw.h"
#include "image/mosaic.h"

namespace latent::raw {

/// Makes a plain picture of a part of a raw, to look at: colours that a site does not have are the
/// mean of those around it that do, then white balance, one exposure for the whole photograph, and
/// the camera's matrix. No sharpening, no tone curve, so that noise looks as it is.
///
/// Threads  const functions from any thread.
class Development {
 public:
  /// Keeps facts, not the samples; measures the exposure over all of them: the brightest percent
  /// comes to lie just below white, as in a camera's own preview.
  explicit Development(const Mosaic& mosaic);
  explicit Development(const LinearRaw& picture);

  /// The same exposure and colours for three colours a pixel, in the levels of `facts`, which needs
  /// no samples.
  [[nodiscard]] Development with_colours(const LinearRaw& facts) const;

  /// Of counts, made up of what lies inside `area` only.
  ///
  /// Shapes   `area` in the frame; counts [area height, area width, 1], or 3 of a linear picture;
  ///          return [area height, area width, 3].
  /// Units    in: counts in the levels of the source. out: encoded sRGB, 0..1, highlights clipped.
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] Result<Image<float>> picture_of(const Rect& area, ImageView<const float> counts,
                                                int threads) const;

 private:
  /// A site nearby of another colour, and its share in that colour here.
  struct Tap {
    int dx = 0;
    int dy = 0;
    int colour = 0;
    float share = 0;
  };
  /// One site of the pattern: what its count means, and where its other colours are.
  struct Site {
    int colour = 0;
    float black = 0;
    float scale = 1;
    std::vector<Tap> taps;
  };
  using Camera = std::array<float, 3>;

  [[nodiscard]] const Site& site(int x, int y) const {
    return sites_[static_cast<std::size_t>(positive_modulo(y, period_.height) * period_.width +
                                           positive_modulo(x, period_.width))];
  }
  Development() = default;
  void take_colours(const CameraFacts& camera);
  void find_taps();
  /// What lies around (x, y) of `area` within `bounds`, by as wide a look as needed.
  [[nodiscard]] std::vector<Tap> taps_of(int x, int y, const Rect& bounds) const;
  void develop_row(const Rect& area, ImageView<const float> light, int y, float* out) const;
  void finish(const Camera& camera, float* out) const;

  bool mono_ = false;
  bool mosaic_ = true;
  Size period_{1, 1};
  std::vector<Site> sites_;  ///< of the frame; three, one a colour, for a linear picture
  std::array<float, 3> balance_{1, 1, 1};
  colour::Matrix3 to_srgb_{1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::vector<float> curve_;  ///< of sRGB
};

}  // namespace latent::raw
