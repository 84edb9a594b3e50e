// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "colour/profile.h"
#include "colour/transform.h"
#include "image/picture.h"
#include "read/photograph.h"
#include "rgb/one_hue.h"
#include "tasks/settings.h"

namespace latent::tasks {

/// A picture in memory, whose pixels are handed out as floats where they are needed; in float never
/// more than a tile or a few rows of it exist.
///
/// The working encoding has the primaries and the curve of sRGB without bounds; grey has the curve
/// alone and one channel. Its colours are never multiplied by alpha: a curve says nothing of
/// multiplied colours, and a residual that a network gives for them would be divided by an alpha
/// that may be all but 0. So associated alpha is divided out here, and the colours of a result are
/// multiplied by it where their samples are made.
///
/// A picture of three channels that are the same everywhere (a neutral scan) is worked on as grey:
/// what a network would find of colour in its grain is none.
///
/// Threads  const functions from any thread.
class PictureSource {
 public:
  /// Reports no progress. A profile that cannot be used is left out with a warning.
  ///
  /// Errors   as Photograph::picture(); TooLarge as of().
  [[nodiscard]] static Result<PictureSource> open(const read::Photograph& photograph,
                                                  const RunControl& control);

  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<PictureSource> of(Picture picture);

  [[nodiscard]] const Picture& picture() const { return picture_; }
  /// The samples, to be changed in place where nothing else reads them; their kind stays.
  [[nodiscard]] PictureSamples& samples_to_change() { return picture_.samples; }
  [[nodiscard]] Size size() const { return picture_.size(); }
  /// Channels of the working encoding; picture().colours are those of the file.
  [[nodiscard]] int colours() const { return working_.channels(); }
  /// Three channels of equal samples: a result is to have them equal, too.
  [[nodiscard]] bool has_equal_samples() const { return equal_samples_; }
  /// The curve on which all colours lie, where they do: a result is to lie on it, too.
  [[nodiscard]] const rgb::OneHue* hue() const { return hue_ ? &*hue_ : nullptr; }
  [[nodiscard]] const colour::Profile& profile() const { return profile_; }
  /// In which results can be written: the file's, or Rec. 2020 (grey: the curve of sRGB) where that
  /// leads from its samples to colours only and not back, as those of scanners may.
  [[nodiscard]] const colour::Profile& result_profile() const;
  /// The profile of the working encoding: sRGB, or grey with its curve.
  [[nodiscard]] const colour::Profile& working_profile() const { return working_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  /// Pixels in the working encoding; `area` may reach beyond the picture, which is continued by
  /// mirroring.
  ///
  /// Shapes   out [area height, area width, colours()].
  void encoded(const Rect& area, WideGamut gamut, ImageView<float> out) const;

  /// The same with grey given three times: out [area height, area width, 3].
  void encoded_rgb(const Rect& area, WideGamut gamut, ImageView<float> out) const;

  /// Colours in the profile of the file, not multiplied by alpha, integers over 0..1:
  /// out [.., .., picture().colours]. `area` lies inside.
  void native(const Rect& area, ImageView<float> out) const;

  /// Alpha 0..1 (floats as they are), and what the colours are multiplied by in the file: out
  /// [.., .., 2]. The second is alpha where that is associated, 1 where it is not. Associated
  /// colours without alpha are light that covers nothing (rgb::is_light()) and count with 1. `area`
  /// lies inside; the picture has alpha.
  void alpha(const Rect& area, ImageView<float> out) const;

  /// Puts colours of visible pixels in the place of those that alpha hides, up to `reach_px` away;
  /// see rgb::spread_visible_colours(). What alpha() gives stays the same. Nothing is done where
  /// there is no alpha.
  ///
  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] Status spread_visible_colours(int reach_px);

 private:
  PictureSource(Picture picture, colour::Profile profile, colour::Profile working,
                colour::Transform to_working)
      : picture_(std::move(picture)),
        profile_(std::move(profile)),
        working_(std::move(working)),
        to_working_(std::move(to_working)) {}

  /// Pixels [first, last) of row y.
  [[nodiscard]] Status look_at_colours();
  void native_row(int y, int first, int last, float* out) const;
  void encoded_row(int y, int first, int last, float* out) const;
  [[nodiscard]] bool is_multiplied() const { return picture_.alpha && picture_.alpha_associated; }
  [[nodiscard]] float multiplier(int x, int y, const float* pixel) const;

  Picture picture_;
  Image<std::uint8_t> made_up_;  ///< of associated alpha: 1 where colours were made up; or empty
  colour::Profile profile_;
  colour::Profile working_;
  colour::Transform to_working_;
  std::optional<colour::Profile> result_profile_;  ///< where it is not profile_
  bool equal_samples_ = false;
  std::optional<rgb::OneHue> hue_;
  std::vector<std::string> warnings_;
};

}  // namespace latent::tasks
