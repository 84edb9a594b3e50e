// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/run_control.h"
#include "colour/profile.h"
#include "colour/transform.h"
#include "image/picture.h"

namespace latent::tasks {

/// What becomes of colours that sRGB does not hold.
enum class WideGamut : std::uint8_t {
  Preserve,  ///< they go around the network and come out as they are
  Clip       ///< they are brought to the border of sRGB first
};

/// A picture in memory, whose pixels are handed out as floats where they are needed; in float never
/// more than a tile or a few rows of it exist.
///
/// The working encoding has the primaries and the curve of sRGB without bounds; grey has the curve
/// alone and one channel.
///
/// Threads  const functions from any thread.
class PictureSource {
 public:
  /// Reports no progress. A profile that cannot be used is left out with a warning.
  ///
  /// Errors   as read::open_picture(); Unsupported as of().
  [[nodiscard]] static Result<PictureSource> open(const std::filesystem::path& path,
                                                  const Limits& limits, const RunControl& control);

  /// Errors   Unsupported  no way from its profile to sRGB.
  [[nodiscard]] static Result<PictureSource> of(Picture picture);

  [[nodiscard]] const Picture& picture() const { return picture_; }
  [[nodiscard]] Size size() const { return picture_.size(); }
  [[nodiscard]] int colours() const { return picture_.colours; }
  [[nodiscard]] const colour::Profile& profile() const { return profile_; }
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

  /// Samples as the file has them, integers over 0..1, without alpha: out [.., .., colours()].
  /// `area` lies inside.
  void native(const Rect& area, ImageView<float> out) const;

  /// Alpha 0..1 (floats as they are): out [.., .., 1]. `area` lies inside; the picture has alpha.
  void alpha(const Rect& area, ImageView<float> out) const;

 private:
  PictureSource(Picture picture, colour::Profile profile, colour::Profile working,
                colour::Transform to_working)
      : picture_(std::move(picture)),
        profile_(std::move(profile)),
        working_(std::move(working)),
        to_working_(std::move(to_working)) {}

  void encoded_row(int y, int first, int last, float* out) const;

  Picture picture_;
  colour::Profile profile_;
  colour::Profile working_;
  colour::Transform to_working_;
  std::vector<std::string> warnings_;
};

}  // namespace latent::tasks
