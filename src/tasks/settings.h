// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "image/mosaic.h"
#include "image/picture.h"
#include "mask/net_contract.h"
#include "mask/session.h"
#include "models/manifest/darktable_contract.h"
#include "write/picture/picture_writer.h"

// What a user may set of each task: plain data, below everything that works with it.
namespace latent::tasks {

/// Where a task works, and how much: what it changes at a pixel counts as much as the mask says.
struct LocalMask {
  /// As tasks::mask_of() reads it; absent: the whole picture alike.
  std::optional<std::filesystem::path> file;
  bool invert = false;  ///< 1 - m in place of m
  friend bool operator==(const LocalMask&, const LocalMask&) = default;
};

enum class DngCompression : std::uint8_t {
  LosslessJpeg,
  None,
  JxlLossless,  ///< of three colours a pixel; mosaics become LosslessJpeg, with a notice
  Jxl           ///< likewise, with a loss that is not seen
};

/// What becomes of lateral chromatic aberration where three colours are made of a mosaic.
enum class ChromaticAberration : std::uint8_t {
  Off,
  Auto  ///< measured in the photograph, and corrected where it is plain
};

struct LearnedSites;

/// What becomes of hot and dead sites.
enum class HotPixels : std::uint8_t {
  Remove,  ///< those that the frame shows are replaced by their surroundings, before anything else
  Keep,    ///< they stay
  Learn    ///< as Remove; a batch says which sites of its camera they are (SiteLearner)
};

struct RawDenoiseSettings {
  double strength = 1.0;            ///< 0 gives the source back, 1 all that the network found
  std::optional<NoiseModel> noise;  ///< instead of the file's profile or the estimate
  /// Without `noise`: the level of the camera at its ISO (raw/camera_noise.h), instead of them.
  bool noise_of_camera = false;
  double noise_scale = 1.0;  ///< times the sigma that is an input of the network; > 0
  HotPixels hot_pixels = HotPixels::Remove;  ///< nothing of it at strength 0
  /// Of HotPixels::Learn, by who runs the batch; null: each frame is judged by itself.
  std::shared_ptr<const LearnedSites> learned;
  /// The network makes three colours of a mosaic, too, and the result is a linear DNG. `strength`
  /// then mixes with what LibRaw makes of the source. What has no mosaic is only denoised.
  bool demosaic = false;
  ChromaticAberration ca = ChromaticAberration::Off;  ///< of what is demosaiced
  LocalMask mask;  ///< of the crop; outside it the samples are those of the source
  /// Part of the crop (what the maker shows, unturned); the result holds only that part. The pixels
  /// are those of the whole run.
  std::optional<Rect> region;
  DngCompression compression = DngCompression::LosslessJpeg;
  /// Whose arithmetic, for packages made for darktable (docs/compatibility.md).
  models::Compat compat = models::Compat::None;
  int threads = 0;  ///< for packing and compressing; 0: as many as the processor has
};

/// How the result of a task on finished pictures is written. The format goes by the target's
/// ending.
struct PictureOutputSettings {
  /// Absent: 16 bits where the format holds them, else 8 or float.
  std::optional<SampleDepth> depth;
  /// "source", or what colour::Profile::parse() takes.
  std::string profile = "source";
  write::TiffCompression compression = write::TiffCompression::Deflate;
  int jpeg_quality = 95;
  std::optional<double> dpi;  ///< pixels per inch that the result states; absent: the source's

  friend bool operator==(const PictureOutputSettings&, const PictureOutputSettings&) = default;
};

/// What becomes of colours that sRGB does not hold.
enum class WideGamut : std::uint8_t {
  Preserve,  ///< they go around the network and come out as they are
  Clip       ///< they are brought to the border of sRGB first
};

/// How texture comes back where less than the whole of the luminance noise is taken away.
enum class Detail : std::uint8_t {
  Auto,       ///< by wavelets, thresholds from the noise estimate
  Darktable,  ///< by wavelets, darktable's thresholds, which want the whole picture's residual
  None        ///< a plain blend of before and after
};

/// What becomes of the brightness that noise has shifted (rgb/tone_bias.h).
enum class Tones : std::uint8_t {
  Corrected,  ///< denoised values show the light, as far as the noise tells it
  Kept        ///< they are the means of the noisy ones
};

struct DenoiseSettings {
  double strength = 1.0;  ///< 0 gives the source back, 1 all that the network found
  double luma = 1.0;      ///< times `strength`: share of the noise in light that goes
  double chroma = 1.0;    ///< times `strength`: of the noise in colour
  /// Sigma in 8-bit steps of sRGB instead of the estimate; what the second input of a package made
  /// for darktable is filled with (25 where absent, as darktable does).
  std::optional<double> level;
  Detail detail = Detail::Auto;
  Tones tones = Tones::Corrected;
  WideGamut wide_gamut = WideGamut::Preserve;
  LocalMask mask;  ///< outside it the samples are those of the source
  /// Part of the picture (unturned); the result holds only that part, with the pixels of the whole
  /// run.
  std::optional<Rect> region;
  /// Whose arithmetic, for packages made for darktable (docs/compatibility.md). With darktable's,
  /// `luma`, `chroma` and `detail` mean nothing, and `strength` is how much light goes.
  models::Compat compat = models::Compat::None;
  PictureOutputSettings output;
  int threads = 0;  ///< for packing, colour and compressing; 0: as many as the processor has

  [[nodiscard]] double effective_luma() const { return strength * luma; }
  [[nodiscard]] double effective_chroma() const { return strength * chroma; }
  /// Nothing is asked for: the source comes out, bit for bit.
  [[nodiscard]] bool is_identity() const {
    return effective_luma() == 0.0 && effective_chroma() == 0.0;
  }
};

/// What becomes of an enlargement that leaves the range of its source.
enum class Overshoot : std::uint8_t { Bounded, Free };

struct UpscaleSettings {
  double denoise = 0.0;    ///< strength of a denoise before, 0..1; needs a denoising package
  double tolerance = 0.0;  ///< damage that the network shall not enlarge, sigma in 8-bit steps
  bool consistent = true;  ///< the result, scaled down again, gives the source back
  /// Whether samples stay near those of the source around (rgb/overshoot.h), so that hard strokes
  /// get no second line beside them.
  Overshoot overshoot = Overshoot::Bounded;
  WideGamut wide_gamut = WideGamut::Preserve;
  /// Whose arithmetic, for packages made for darktable; with darktable's nothing is held to the
  /// source.
  models::Compat compat = models::Compat::None;
  LocalMask mask;  ///< of the source; outside it stands the bicubic enlargement
  /// Part of the source (unturned); the result holds only that part, with the pixels of the whole
  /// run.
  std::optional<Rect> region;
  PictureOutputSettings output;
  int threads = 0;  ///< as DenoiseSettings::threads
};

/// Whether a filled hole gets the grain of its surroundings.
enum class FillGrain : std::uint8_t { Auto, None };

/// What is to be erased, and how. All that is named is erased: the mask, the objects of the
/// prompts, the spots.
struct EraseSettings {
  std::filesystem::path mask;  ///< a file as read::read_mask_file() takes it; empty: none
  bool scale_mask = false;     ///< a mask of another size is brought to that of the picture
  /// Prompts as they are typed (mask::parse_places()): clicks on one object, clicks beside it, boxes each
  /// around an object.
  std::vector<std::string> clicks;
  std::vector<std::string> not_on;
  std::vector<std::string> boxes;
  bool spots = false;                ///< shadows of dust that the picture itself shows
  std::filesystem::path spots_list;  ///< shadows of dust that a list names; empty: none
  /// By how many pixels masks and objects grow before they are filled; absent: by as much as the
  /// blur of the object's edge reaches.
  std::optional<double> dilate;
  FillGrain grain = FillGrain::Auto;
  PictureOutputSettings output;
  int threads = 0;  ///< 0: as many as the processor has

  friend bool operator==(const EraseSettings&, const EraseSettings&) = default;
};

/// A depth map, or a mask by depth. Depths are shares of the range of the photograph: 0 the nearest
/// of it, 1 the farthest.
struct DepthSettings {
  std::optional<double> near;  ///< the mask begins here; none of the two: the map is written
  std::optional<double> far;   ///< and ends here
  double soft = 0.05;          ///< width of its ramps, on the outside
  std::string point;    ///< a place as mask::parse_places() takes it: its depth is the middle
  double spread = 0.1;  ///< of a point: how far the mask reaches to both sides
  bool invert = false;
  bool snap_edges = true;  ///< edges of the map are moved to those of the picture
  int bits = 0;            ///< of a sample: 8, 16, 32 (float); 0: as the format usually has it
  /// With darktable's arithmetic the picture is stretched to the network's square.
  models::Compat compat = models::Compat::None;
  int threads = 0;  ///< 0: as many as the processor has

  [[nodiscard]] bool is_mask() const { return near || far || !point.empty(); }
  friend bool operator==(const DepthSettings&, const DepthSettings&) = default;
};

/// A mask of objects: of what is found without prompts, or of what prompts say.
struct ObjectMaskSettings {
  std::string automatic;  ///< "subject" or "sky"; empty: by the prompts
  /// A file of prompts (docs/masks.md); "beside": "<photograph>.prompts.json"; empty: none.
  std::string prompts;
  bool prompts_anyway = false;  ///< also prompts that were made for another photograph
  /// As they are typed (mask::parse_places()), after those of `prompts`: boxes, then clicks on the
  /// object, then clicks beside it.
  std::vector<std::string> boxes;
  std::vector<std::string> clicks;
  std::vector<std::string> not_on;
  mask::MaskSettings mask;
  /// Whose arithmetic, of a network; with darktable's it is asked twice, as darktable does.
  mask::NetCompat compat = mask::NetCompat::None;
  int bits = 0;  ///< of a sample: 8, 16, 32 (float); 0: as the format usually has it
};

/// Errors   Usage  a setting out of range.
[[nodiscard]] Status check(const RawDenoiseSettings& settings);
[[nodiscard]] Status check(const DenoiseSettings& settings);
[[nodiscard]] Status check(const UpscaleSettings& settings);
[[nodiscard]] Status check(const EraseSettings& settings);
[[nodiscard]] Status check(const DepthSettings& settings);
/// Also Usage where nothing says what the mask is of.
[[nodiscard]] Status check(const ObjectMaskSettings& settings);

/// Of a package made for Latent, which can be read in one way only.
///
/// Errors   Usage  another one was asked for.
[[nodiscard]] Status check_no_compat(models::Compat compat);

}  // namespace latent::tasks
