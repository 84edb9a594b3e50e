// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "rgb/detail.h"
#include "rgb/gamut_guard.h"
#include "rgb/noise_level.h"
#include "rgb/one_hue.h"
#include "rgb/tone_bias.h"
#include "tasks/picture/source.h"
#include "tasks/settings.h"

namespace latent::tasks {

/// The area of whose residual `region` is made: texture that comes back looks around.
[[nodiscard]] Rect residual_area(Size picture, const Rect& region, const DenoiseSettings& settings);

/// Whether texture comes back by a threshold that only the whole picture's residual tells.
[[nodiscard]] bool wants_sigma(const DenoiseSettings& settings);

/// Mixes rows of residual as strength, luma, chroma and detail want it, and takes them off the
/// noisy picture: what is left to do when the network has run.
class TakeOff {
 public:
  /// Fills noisy pixels of the working encoding, as the settings want those beyond sRGB.
  using ReadNoisy = std::function<void(const Rect& area, ImageView<float> out)>;
  /// Takes the rows of the region, top to bottom: [n, region width, colours].
  using TakeRows = std::function<Status(ImageView<const float> rows)>;

  struct What {
    ReadNoisy noisy;
    int colours = 3;
    rgb::GamutGuard guard;
    rgb::NoiseLevel level;
    Rect area;    ///< whose residual comes in
    Rect region;  ///< inside it: what goes out
    /// luminance_sigma() of the whole picture's residual, where it is known and wants_sigma(). Else
    /// the area is the whole picture, and its rows wait until all are there.
    std::optional<double> sigma;
    int threads = 1;
    const rgb::OneHue* hue = nullptr;  ///< to which the result is held
    rgb::ToneShift tones = {};         ///< what is added to the result at full strength
  };

  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<TakeOff> create(What what, const DenoiseSettings& settings);

  /// The next rows of the area's residual, [n, area width, 3]; hands on what is finished.
  ///
  /// Errors   those of `take`; TooLarge where memory is refused.
  [[nodiscard]] Status add(ImageView<const float> residual, const TakeRows& take);

 private:
  explicit TakeOff(What what, const DenoiseSettings& settings)
      : what_(std::move(what)), gamut_(settings.wide_gamut) {}

  [[nodiscard]] Status filter_all(const TakeRows& take);
  [[nodiscard]] Status filter(ImageView<const float> residual, const TakeRows& take);
  [[nodiscard]] Status subtract(int first_row, ImageView<const float> taken, const TakeRows& take);

  What what_;
  WideGamut gamut_;
  void subtract_part(ImageView<const float> residual, int first, int last,
                     ImageView<float> rows) const;

  rgb::Mix mix_;
  int came_ = 0;  ///< rows of the area
  std::optional<rgb::DetailFilter> filter_;
  Image<float> waiting_;  ///< the whole residual, where its sigma is not known yet
};

}  // namespace latent::tasks
