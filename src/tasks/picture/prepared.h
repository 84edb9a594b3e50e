// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "metadata/metadata.h"
#include "rgb/noise_level.h"
#include "tasks/kept.h"
#include "tasks/mask/local_strength.h"
#include "tasks/picture/source.h"
#include "tasks/task.h"

namespace latent::tasks {

/// A finished picture that was opened, and what has been found out of it so far.
class PreparedPicture : public Prepared::Inside {
 public:
  using Inside::Inside;

  /// Decodes, unless a picture stands there.
  ///
  /// Errors   as PictureSource::open().
  [[nodiscard]] Status decode(const RunControl& control);

  [[nodiscard]] const PictureSource& picture() const { return *picture_; }
  [[nodiscard]] const metadata::Metadata& metadata() const { return photograph.metadata(); }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  /// What was done to it before it is enlarged.
  struct Made {
    double denoise = 0;
    WideGamut gamut = WideGamut::Preserve;  ///< of that denoise
    LocalMask mask = {};                    ///< of that denoise
    int spread = 0;                         ///< PictureSource::spread_visible_colours()
    friend bool operator==(const Made&, const Made&) = default;
  };
  [[nodiscard]] const Made& made() const { return made_; }
  /// Takes the place of the picture; the file's own is read anew when it is wanted again.
  void become(PictureSource picture, const Made& made);
  /// As PictureSource::spread_visible_colours().
  [[nodiscard]] Status spread_visible_colours(int reach_px);
  /// The file's own, whatever was made of it.
  [[nodiscard]] Status restore(const RunControl& control);

  /// The noise of the picture, measured where it was not yet, and what denoise was told of it.
  std::optional<rgb::NoiseLevel> measured;
  std::optional<rgb::NoiseLevel> told;
  std::string doubt;  ///< of what was measured, for people; or empty

  /// The picture itself, to be changed in place.
  [[nodiscard]] PictureSource& picture_to_change() { return *picture_; }

  /// What was erased of the picture, in place, and what stood there.
  struct Undo {
    Rect area;
    PictureSamples samples;  ///< of the area, as in the file
    Image<float> shown;      ///< sRGB without bounds, three channels
  };
  struct Erased {
    EraseSettings by;
    std::vector<Undo> undo;
    EraseReport report;  ///< what is said of it; nothing of a file
  };
  std::optional<Erased> erased;

  /// A region that was shown, and what the network took away around it.
  struct DenoisedFor {
    Rect region;
    std::optional<double> level;
    WideGamut gamut = WideGamut::Preserve;
    friend bool operator==(const DenoisedFor&, const DenoisedFor&) = default;
  };
  struct Denoised {
    Rect region;
    Image<float> before;  ///< sRGB without bounds, three channels
    Image<float> noisy;   ///< in the working encoding, as the network saw it
    Rect area;
    Image<float> residual;  ///< of the area
    std::optional<double> sigma;
  };
  Kept<DenoisedFor, Denoised> denoised;

  /// A region that was enlarged.
  struct EnlargedFor {
    Rect region;
    UpscaleSettings settings;
    [[nodiscard]] bool operator==(const EnlargedFor& other) const;
  };
  struct Enlarged {
    Image<float> before;
    Image<float> after;
  };
  Kept<EnlargedFor, Enlarged> enlarged;
  LocalStrengths masks;

 private:
  std::optional<PictureSource> picture_;
  std::vector<std::string> warnings_;
  Made made_;
};

}  // namespace latent::tasks
