// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "image/mosaic.h"
#include "models/manifest/manifest.h"
#include "raw/green_balance.h"
#include "raw/unclip.h"

namespace latent::raw {

/// What a sample means to the network at one kind of site (a colour with its black and white):
///
///     x = (count - black) / (white - black),  x' = w x,  A = w a,  B = w^2 b
///     u = sqrt(max(0, x' + 3/8 A + B / A)),   sigma_u = sqrt(A) / 2
///
/// and the algebraic way back, x' = u^2 - 3/8 A - B / A. Both are linear in the count before the
/// root: u = sqrt(max(0, count * scale + shift)), count = u^2 * back_scale + back_shift.
struct SiteCode {
  float scale = 0;
  float shift = 0;
  float back_scale = 0;
  float back_shift = 0;
  float sigma_u = 0;
  int colour = 1;        ///< 0, 1, 2 = R, G, B
  float saturation = 0;  ///< a source count from here on is clipped
  float agreement = 0;   ///< a denoised count from here on agrees that it is
};

/// The codes of all sites of a mosaic.
///
/// Floors: b is at least that of rounding, 1 / 12 of a squared count; sigma_u is kept inside the
/// range that the network was trained for and B / A below its maximum. So an estimator may return
/// nonsense, the encoder does not.
///
/// Threads  const functions from any thread.
/// Source   Starck, Murtagh and Bijaoui, "Image Processing and Data Analysis", 1998 (generalised
///          Anscombe transform); Makitalo and Foi, 2013, for why the network and not a formula
///          undoes the bias of the root.
class Encoder {
 public:
  /// `told`: what the network is told of the noise, noise_scale already in it (scaled()).
  /// `clipped`: the noise that the mosaic has, where the network gives the mean of clipped samples
  /// and clipping is still to be undone (models::Encoding::SqrtGatWbV2): at white, and in the dark
  /// where `cut_in_the_dark` (DarkEnd::cut).
  ///
  /// Errors   Corrupt  a white level that is not above its black, a white balance that is not
  ///                   positive and finite, noise that is not finite.
  [[nodiscard]] static Result<Encoder> create(const Mosaic& mosaic, const NoiseModel& told,
                                              const models::EncodingLimits& limits,
                                              const std::optional<NoiseModel>& clipped = {},
                                              bool cut_in_the_dark = false);

  /// Code of the site (x, y) of the frame, which is the mosaic's active area.
  [[nodiscard]] const SiteCode& at(int x, int y) const { return codes_[index_of(x, y)]; }

  /// How clipping is undone there; nullptr where it is not to be.
  [[nodiscard]] const HighlightCurve* highlights(int x, int y) const {
    return highlights_.empty() ? nullptr : &highlights_[index_of(x, y)];
  }

  /// Makes the two greens alike for the network; null: they are already, or there are none.
  void balance_greens(std::shared_ptr<const GreenBalance> greens) { greens_ = std::move(greens); }
  [[nodiscard]] const GreenBalance* greens() const { return greens_.get(); }

  /// How clipping in the dark is undone there; nullptr where it is not to be.
  [[nodiscard]] const ShadowCurve* shadows(int x, int y) const {
    return shadows_.empty() ? nullptr : &shadows_[index_of(x, y)];
  }

  /// The codes repeat with this period, the least common multiple of those of CFA and black levels.
  [[nodiscard]] Size period() const { return period_; }

 private:
  [[nodiscard]] std::size_t index_of(int x, int y) const {
    return static_cast<std::size_t>(positive_modulo(y, period_.height) * period_.width +
                                    positive_modulo(x, period_.width));
  }

  Size period_;
  std::vector<SiteCode> codes_;
  std::vector<HighlightCurve> highlights_;  ///< as codes_, or none
  std::vector<ShadowCurve> shadows_;        ///< likewise
  std::shared_ptr<const GreenBalance> greens_;
};

/// u of counts, by `scale` and `shift` of the SiteCode of each; `u` may be `counts`.
void encode_counts(const float* counts, const float* scale, const float* shift, std::size_t count,
                   float* u);

/// The noise with its sigma `factor` times as large.
[[nodiscard]] NoiseModel scaled(const NoiseModel& noise, double factor);

/// The noise of one channel of a linear picture, for every colour: a monochrome sensor's.
[[nodiscard]] NoiseModel of_channel(const NoiseModel& noise, int channel);

}  // namespace latent::raw
