// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>

#include "base/result.h"
#include "image/image.h"
#include "rgb/noise_level.h"

namespace latent::rgb {

inline constexpr int kDetailLevels = 5;
/// Rows and columns on every side that a finished pixel depends on: 1 + 2 + 4 + 8 + 16.
inline constexpr int kDetailReach = 31;

/// How much of what the network took away comes back.
struct Mix {
  double luma = 1.0;    ///< share of the luminance residual that stays away; 0..1
  double chroma = 1.0;  ///< of the colour residual
  bool recover = true;  ///< texture comes back by wavelets where luma < 1; else plainly
};

/// Soft thresholds of the five a-trous levels, fine to coarse, in units of the luminance residual.
using DetailThresholds = std::array<float, kDetailLevels>;

/// From the noise estimate: what white noise of that level leaves in each wavelet band of the
/// luminance, times a factor by which texture must stand out. The factor is `luma` itself, the
/// share that Mix takes away: at 0.5 the noise that comes back is about a third of what was there
/// and strong texture nearly half; towards 0 everything comes back, so that the strength has no
/// step.
[[nodiscard]] DetailThresholds thresholds_of(const NoiseLevel& level, double luma = 0.5);
/// darktable's: sigma of the luminance residual over the whole picture times 0.25, 0.15, 0.05,
/// 0.02, 0.01.
[[nodiscard]] DetailThresholds darktable_thresholds(double residual_sigma);

/// Turns rows of the network's residual into rows of what is really taken away. Rows come in top to
/// bottom; a finished row needs kDetailReach rows below it, so it comes out that much later.
/// Borders are mirrored.
///
/// residual = luminance part (Rec. 709 weights, grey) + colour part. Out: luma * luminance part
/// + (where recover) what wavelet shrinkage calls noise of the rest stays away too, + chroma *
/// colour part. luma = chroma = 1 gives the rows back bit for bit. Where luma is 1, or nothing is
/// to be recovered, rows come out as soon as they went in. The result depends neither on how rows
/// are cut into calls nor on threads.
///
/// Threads  one caller; `threads` of its own over columns.
class DetailFilter {
 public:
  DetailFilter(DetailFilter&&) noexcept;
  DetailFilter& operator=(DetailFilter&&) noexcept;
  ~DetailFilter();

  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<DetailFilter> create(Size area, const Mix& mix,
                                                   const DetailThresholds& thresholds, int threads);

  /// Adds rows [n, width, 3]; gives the finished rows, whose first is number first_row(). They stay
  /// as they are until the next call; there may be none. The last row of the area brings out all.
  ///
  /// Errors   TooLarge  where memory is refused. Internal  more rows than the area has.
  [[nodiscard]] Result<ImageView<const float>> add(ImageView<const float> residual);
  [[nodiscard]] int first_row() const { return first_row_; }

 private:
  struct State;
  explicit DetailFilter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  int first_row_ = 0;  ///< of what the last add() gave
};

}  // namespace latent::rgb
