// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <span>

#include "base/result.h"
#include "image/geometry.h"
#include "image/image.h"

namespace latent::rgb {

inline constexpr int kLevelNodes = 8;

/// How noisy a finished picture is: for red, green and blue the standard deviation of the noise as
/// a function of the channel's own brightness, both in the network's encoding (sRGB curve, 0..1).
///
/// Definition, for white and for correlated noise alike: the root mean square of what is left of
/// pure noise in a block of 8x8 pixels after a plane (offset and two slopes) was fitted to it by
/// least squares, over 61 degrees of freedom. For white noise that is its sigma. Training uses the
/// same definition on the noise it simulates (training/latent_train/levels.py).
struct NoiseLevel {
  /// At brightness (i + 0.5) / kLevelNodes; linear between, constant beyond the ends.
  std::array<std::array<float, kLevelNodes>, 3> sigma{};
  /// Energy at high frequencies over all of the noise: 1 where it is white, less where it is
  /// coarse.
  std::array<float, 3> fineness{1, 1, 1};
  /// Of each channel, the share of the picture that lies around each node; together 1.
  std::array<std::array<float, kLevelNodes>, 3> shown = even_shares();
  double confidence = 0;  ///< 0..1 of an estimate; 1 where it was given
  /// TextureLook of an estimate: how much speaks for texture, and of each channel the share of sigma
  /// that noise has at least all the same.
  double texture_doubt = 0;
  std::array<float, 3> apart{1, 1, 1};
  bool estimated = true;

  [[nodiscard]] float at(int channel, float brightness) const;
  /// The same level for every channel and brightness.
  [[nodiscard]] static NoiseLevel uniform(float sigma);
  /// One number to show: root mean square over what the picture shows.
  [[nodiscard]] float overall() const;

 private:
  [[nodiscard]] static constexpr std::array<std::array<float, kLevelNodes>, 3> even_shares() {
    std::array<std::array<float, kLevelNodes>, 3> shares{};
    for (auto& channel : shares) channel.fill(1.0F / kLevelNodes);
    return shares;
  }
};

/// Fills rows of the picture in the network's encoding: out [area.height, area.width, 3]. `area`
/// lies inside the picture.
using ReadArea = std::function<void(const Rect& area, ImageView<float> out)>;

/// Measures the level once per picture: flat 8x8 blocks spread over it, sorted by brightness of
/// each channel, with the texture that flat blocks still hold taken off. Clipped blocks are left
/// out. Brightnesses that the picture does not show borrow from their neighbours.
///
/// Errors   TooLarge  where memory is refused. Cancelled is the caller's affair.
/// Threads  calls `read` from `threads` threads at once; the result does not depend on how many.
[[nodiscard]] Result<NoiseLevel> estimate_level(Size picture, const ReadArea& read, int threads);

/// What a network is told of an estimated level; a given one is told as it is.
///
/// Noise is measured where little else happens. Coarse noise is the noise of a camera that
/// smoothed, and cameras smooth flat places most: elsewhere there is more of it than was measured.
/// And a network that is told too little leaves blotches, while one that is told a little too much
/// costs next to nothing. Networks learn the first from cameras that smooth (training: camera.py);
/// for the rest the sigma of coarse noise is told larger: as it is from a fineness of 0.7 on, twice
/// below 0.3, in between in between; the less, the more of it seems texture.
[[nodiscard]] NoiseLevel told_level(const NoiseLevel& level);

/// The level to denoise with, where an estimate may be wrong: the estimate itself where its
/// confidence is 0.35 or more; 1.5 of 255 where it is below 0.05, a level that removes little where
/// there is no noise and leaves little where there is; in between a geometric mean, by brightness
/// and channel. Where the estimate seems to be texture (texture_doubt), likewise towards what speaks
/// for noise all the same, or those 1.5 of 255 where that is less and more than nothing. Never more than three times the estimate, so clean pictures stay clean. Texture
/// that looks like noise mostly has little confidence, and so has noise that JPEG has wiped out in
/// parts.
[[nodiscard]] NoiseLevel cautious_level(const NoiseLevel& level);

/// Between which levels the noise lies, by the confidence of an estimate: from a tenth around it
/// where that is 1 to all of it and twice as much where it is 0. Of kodak24 with white noise of 0 to
/// 20 of 255, nine of ten pictures lie inside. Both ends are overall() where the level was given.
struct LevelInterval {
  float least = 0;
  float most = 0;
};
[[nodiscard]] LevelInterval interval_of(const NoiseLevel& level);

/// The level planes that the network sees for rows of pixels: brightness is the mean of the 5x5
/// pixels around each pixel, channel by channel.
///
/// Shapes   rgb [height + 4, width + 4, 3] with two pixels of surroundings on every side;
///          out [height, width, 3].
void level_planes(const NoiseLevel& level, ImageView<const float> rgb, ImageView<float> out);

}  // namespace latent::rgb
