// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "latent/export.h"
#include "latent/masks.h"

// What can be asked for. All numbers are those of the command line and of jobs (docs/cli.md,
// docs/job.md): strengths are percent.
LATENT_NAMESPACE_BEGIN

/// A part of a photograph in pixels, before it is turned upright. Of a raw: in the area that its
/// maker shows.
struct Region {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

/// The noise of a sensor by colour (red, green, blue): variance(x) = a x + b, with x from black 0 to
/// white 1.
struct SensorNoise {
  std::array<double, 3> a{};
  std::array<double, 3> b{};
};

/// What becomes of colours that sRGB does not hold.
enum class WideGamut : std::uint8_t { Preserve, Clip };

/// How texture comes back below full strength.
enum class Detail : std::uint8_t {
  Auto,       ///< by the noise that was measured
  Darktable,  ///< by darktable's thresholds
  None        ///< a plain blend of before and after
};

/// What becomes of the brightness that noise has shifted.
enum class Tones : std::uint8_t {
  Corrected,  ///< put right, as far as the noise tells it
  Kept        ///< as the noisy picture has it
};

/// Where a task works, and how much: its strength at a pixel counts as much as the mask says.
struct LocalMask {
  /// PNG, TIFF, PFM, SVG, an XMP of darktable, or the JSON of `latent mask`, of the photograph before
  /// it is turned upright (docs/masks.md). Empty: the whole picture.
  std::filesystem::path file;
  bool invert = false;  ///< outside the mask instead of inside
};

/// Remove sensor noise from raw photographs. Results are DNGs, which any raw developer opens.
struct RawDenoise {
  double strength = 100;             ///< percent: 0 gives the source back
  std::optional<SensorNoise> noise;  ///< absent: the file's own profile, else estimated
  double noise_scale = 1;            ///< a factor on the noise level; above 1 is smoother
  bool remove_hot_pixels = true;     ///< and dead ones
  std::optional<Region> region;      ///< only this part; absent: all
  std::string model;                 ///< an id or a package's path; empty: the one that is enabled
  LocalMask mask;                    ///< outside it every sample is kept
  /// Hot and dead pixels are those that all files of a camera in the job show.
  bool learn_hot_pixels = false;
  /// Three colours are made of the mosaic of a Bayer or X-Trans sensor; the result is a linear DNG.
  bool demosaic = false;
  /// With `demosaic`: colour fringes of the lens are measured in the photograph and corrected.
  bool correct_ca = false;
  /// Without `noise`: that of this camera at this ISO from a table, instead of them. An error where
  /// the table does not have them.
  bool noise_of_camera = false;
};

/// Remove noise from finished pictures (JPEG, TIFF, PNG, OpenEXR, JPEG XL), or from raws that are
/// developed first.
struct Denoise {
  double strength = 100;        ///< percent: 0 gives the source back
  double luma = 100;            ///< percent of `strength` for brightness noise
  double chroma = 100;          ///< percent of `strength` for colour noise
  std::optional<double> level;  ///< sigma in 8-bit steps of sRGB; absent: measured
  Detail detail = Detail::Auto;
  WideGamut wide_gamut = WideGamut::Preserve;
  std::optional<Region> region;
  std::string model;
  LocalMask mask;  ///< outside it every sample is kept
  Tones tones = Tones::Corrected;
};

/// Enlarge finished pictures.
struct Upscale {
  int scale = 2;                ///< times the sides: 2 or 4; 0: what `print` needs
  double denoise = 0;           ///< percent: strength of a denoise before
  double tolerance = 0;         ///< damage that is not enlarged: sigma in 8-bit steps
  bool bound_overshoot = true;  ///< samples stay near those of the source around
  WideGamut wide_gamut = WideGamut::Preserve;
  std::optional<Region> region;  ///< of the source
  std::string model;
  std::string denoise_model;
  /// What the result is for, as "40x60cm@300": units cm, mm or in, then pixels per inch. The file
  /// states the resolution that it has at this size.
  std::string print;
  LocalMask mask;  ///< of the source; outside it the picture is enlarged without a network
};

/// Take things out of photographs and fill their places from what is around; all else stays bit for
/// bit (docs/erase.md). What is to go is named by one field or several.
struct Erase {
  std::filesystem::path mask;       ///< a picture: white goes, black stays
  bool scale_mask = false;          ///< a mask of another size is brought to that of the picture
  std::vector<MaskPlace> clicks;    ///< on the object
  std::vector<MaskPlace> not_on;    ///< beside it
  std::vector<MaskBox> boxes;       ///< each around an object, with some ground on every side
  bool spots = false;               ///< the shadows of dust that the picture shows
  std::filesystem::path spot_list;  ///< those that a list of `latent erase --spots-list` names
  std::optional<double> dilate;  ///< pixels that masks and objects grow first; absent: by the blur
  bool grain = true;             ///< what is filled in gets the noise that is around
  /// An id, a package's path, or "builtin", which needs no network; empty: the model that is enabled,
  /// else "builtin".
  std::string model;
};

/// A depth map, or a mask by depth (docs/depth.md). Depths are percent: 0 the nearest and 100 the
/// farthest point of the photograph. None of `near`, `far` and `point`: the map itself.
struct Depth {
  std::optional<double> near;      ///< the mask begins here
  std::optional<double> far;       ///< and ends here
  double soft = 5;                 ///< depth over which the mask falls off outside its range
  std::optional<MaskPlace> point;  ///< instead: the mask lies around the depth of this place
  double spread = 10;              ///< of `point`: so much depth to both sides
  bool invert = false;             ///< what is outside the range; of a map: near is white
  bool snap_edges = true;          ///< edges of the map are moved to those of the picture
  std::string model;               ///< an id or a package's path; empty: the one that is enabled
};

/// What is done where a result has a name that is taken.
enum class IfExists : std::uint8_t { NextFreeName, Refuse, Overwrite, Skip };

/// How compressed DNGs store three colours a pixel. JPEG XL (DNG 1.7) is opened by few programs yet.
enum class DngTiles : std::uint8_t {
  LosslessJpeg,
  JpegXlLossless,
  JpegXl  ///< with a loss that is not seen
};

/// Where results go, and how they are written.
struct Output {
  /// Exactly this file, where there is one source. The format of a finished picture goes by the
  /// ending: .tif, .png, .jpg, .exr, .jxl; of an erased raw also .dng; of depth .png, .tif, .pfm, .svg,
  /// .xmp. A folder that is there is taken for `folder`.
  std::filesystem::path file;
  /// Else this folder, made if missing; else beside each source. Names end in _denoise and the like.
  std::filesystem::path folder;
  /// Absent: Refuse with `file`, else NextFreeName.
  std::optional<IfExists> if_exists;
  std::string format;            ///< ending of results without a name: "jpg"; empty: the task's own
  std::optional<int> bit_depth;  ///< 8, 16 or 32 (float); absent: 16 where the format holds it
  /// source, srgb, adobergb, displayp3, rec2020, prophoto, or the path of an ICC file. Of finished
  /// pictures.
  std::string profile;
  bool compress = true;  ///< losslessly: DNG and TIFF
  int jpeg_quality = 95;
  std::optional<double> dpi;  ///< pixels per inch that the file states; absent: the source's
  DngTiles dng_tiles = DngTiles::LosslessJpeg;  ///< of raw denoise, where `compress`
};

LATENT_NAMESPACE_END
