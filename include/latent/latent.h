// SPDX-License-Identifier: GPL-3.0-or-later
//
// The whole of the installed library: plain standard types, so that a program needs no other header
// and no other library's headers. Link with liblatent.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace latent::v1 {

/// "0.1.0"
[[nodiscard]] std::string version();

/// What went wrong: the code is one of cancelled, usage, not_found, unsupported, corrupt,
/// too_large, model_mismatch, device, io, internal; the message one sentence for the user.
struct Failure {
  std::string code;
  std::string message;
};

/// What a file that is read may ask for (docs/limits.md). A refusal (too_large) names the number
/// that would allow the file, by the name of the command line's option: --limit-megapixels 700 is
/// `megapixels = 700` here. Settings files are not read.
struct Limits {
  int megapixels = 600;         ///< of a picture
  int side = 65'000;            ///< of a picture, in pixels
  int memory_megabytes = 0;     ///< half for samples, half for tiles; 0: only the machine's own
  int metadata_megabytes = 64;  ///< of a file
  double start_seconds = 600;   ///< for compiling a network, and for its first tile; 0: no limit
};

struct RawDenoiseRequest {
  std::string source;        ///< a raw file; opened read-only
  std::string target;        ///< the DNG to write; appears only when it is whole
  bool overwrite = false;    ///< whether an existing target is replaced
  double strength = 1.0;     ///< 0 gives the source back, 1 removes all noise found
  double noise_scale = 1.0;  ///< times the noise level that the network is given
  /// var(x) = a x + b by colour (red, green, blue), x from black 0 to white 1. Absent: the file's
  /// own profile, else estimated.
  struct Noise {
    std::array<double, 3> a{};
    std::array<double, 3> b{};
  };
  std::optional<Noise> noise;
  /// x, y, width, height in pixels of the visible picture before it is turned upright. Absent: all.
  std::optional<std::array<int, 4>> region;
  bool compress = true;              ///< lossless JPEG tiles, or plain samples
  std::string model = "latent-raw";  ///< an id, or a path of a package
  std::string engine = "auto";       ///< auto, openvino, onnxruntime
  std::string device = "auto";
  std::string precision = "auto";  ///< auto, f32, bf16, f16
  Limits limits;
};

struct RawDenoiseAnswer {
  int width = 0;  ///< of what was denoised
  int height = 0;
  std::string sensor;
  std::string device;
  std::string precision;
  double seconds = 0;
  std::vector<std::string> notices;  ///< sentences the user should see
};

/// Either the answer or the failure.
struct RawDenoiseOutcome {
  std::optional<RawDenoiseAnswer> answer;
  Failure failure;
  explicit operator bool() const { return answer.has_value(); }
};

/// Removes sensor noise from one raw file and writes a DNG; also from one that is a result already,
/// since it was named alone.
///
/// `progress`  called with the fraction done, from threads of the library, one at a time; may be
///             empty.
/// Threads     any number of calls; each takes its own memory and all processors.
/// Errors      never throws; on failure no file is left. A target that is the source itself is
///             refused (usage), and so is a model that the user's policy does not accept (latent
///             models policy; unsupported).
[[nodiscard]] RawDenoiseOutcome denoise_raw(const RawDenoiseRequest& request,
                                            const std::function<void(double)>& progress = {},
                                            const std::stop_token& stop = {});

/// What runs the network.
struct Engine {
  std::string engine = "auto";  ///< auto, openvino, onnxruntime
  std::string device = "auto";
  std::string precision = "auto";  ///< auto, f32, bf16, f16
};

/// How a finished picture is written. The format goes by the target's ending: .tif, .png, .jpg,
/// .exr, .jxl.
struct PictureOutput {
  std::string target;       ///< appears only when it is whole
  bool overwrite = false;   ///< whether an existing target is replaced
  std::optional<int> bits;  ///< 8, 16, or 32 (float); absent: 16 where the format holds it
  /// source, srgb, adobergb, displayp3, rec2020, prophoto, or the path of an ICC file
  std::string profile = "source";
  std::string compression = "deflate";  ///< of a TIFF: deflate, zstd, none
  int jpeg_quality = 95;
};

/// How much noise is taken away, and how.
struct DenoiseStrength {
  double strength = 1.0;        ///< 0 gives the source back, 1 removes all noise found
  double luma = 1.0;            ///< times strength: of the noise in light
  double chroma = 1.0;          ///< times strength: of the noise in colour
  std::optional<double> level;  ///< sigma in 8-bit steps of sRGB; absent: measured
  std::string detail = "auto";  ///< how texture comes back: auto, darktable, none
  bool keep_wide_gamut = true;  ///< or clip colours to sRGB
};

struct DenoiseRequest {
  std::string source;  ///< a finished picture, or a raw to be developed; opened read-only
  PictureOutput output;
  DenoiseStrength how;
  std::optional<std::array<int, 4>> region;  ///< x, y, width, height, before turning upright
  std::string model = "latent-denoise";      ///< an id, or a path of a package
  Engine engine;
  Limits limits;
};

struct UpscaleRequest {
  std::string source;
  PictureOutput output;
  int scale = 2;                ///< of the sides: 2 or 4
  double denoise = 0.0;         ///< strength of a denoise before, 0..1
  double tolerance = 0.0;       ///< damage that shall not be enlarged, sigma in 8-bit steps
  bool bound_overshoot = true;  ///< samples stay near those of the source around
  bool keep_wide_gamut = true;  ///< or clip colours to sRGB
  std::optional<std::array<int, 4>> region;  ///< of the source
  std::string model = "latent-upscale";
  std::string denoise_model = "latent-denoise";
  Engine engine;
  Limits limits;
};

struct PictureAnswer {
  int width = 0;  ///< of the result
  int height = 0;
  std::string device;  ///< empty where no network ran
  std::string precision;
  std::optional<double> level;  ///< noise that was found or given, sigma in 8-bit steps
  double seconds = 0;
  std::vector<std::string> notices;  ///< sentences the user should see
};

/// Either the answer or the failure.
struct PictureOutcome {
  std::optional<PictureAnswer> answer;
  Failure failure;
  explicit operator bool() const { return answer.has_value(); }
};

/// Removes noise from one finished picture. Progress, threads and errors as denoise_raw().
[[nodiscard]] PictureOutcome denoise_picture(const DenoiseRequest& request,
                                             const std::function<void(double)>& progress = {},
                                             const std::stop_token& stop = {});

/// Enlarges one finished picture. Progress, threads and errors as denoise_raw().
[[nodiscard]] PictureOutcome upscale_picture(const UpscaleRequest& request,
                                             const std::function<void(double)>& progress = {},
                                             const std::stop_token& stop = {});

/// Part of a picture before and after, r, g, b interleaved, encoded sRGB; 0..1, but wide gamut and
/// highlights lie beyond.
struct Preview {
  int width = 0;
  int height = 0;
  std::vector<float> before;
  std::vector<float> after;
};

struct PreviewOutcome {
  std::optional<Preview> answer;
  Failure failure;
  explicit operator bool() const { return answer.has_value(); }
};

/// A picture that was opened and analysed once, of which parts are shown under changing settings.
/// Copies share it.
///
/// Threads  one call at a time.
class PreparedDenoise {
 public:
  /// Opens, measures the noise, compiles the network. Errors   as denoise_picture(): failure() then
  /// says what, and the object is of no use.
  PreparedDenoise(const std::string& source, const std::string& model = "latent-denoise",
                  const Engine& engine = {}, const std::stop_token& stop = {},
                  const Limits& limits = {});

  [[nodiscard]] explicit operator bool() const { return state_ != nullptr; }
  [[nodiscard]] const Failure& failure() const { return failure_; }
  [[nodiscard]] int width() const;
  [[nodiscard]] int height() const;
  [[nodiscard]] double level() const;  ///< noise that was found, sigma in 8-bit steps

  /// The pixels that denoise_picture() gives there, in fractions of a second for a part of up to
  /// 512 x 512. Ask `stop` and call again to see something else sooner.
  [[nodiscard]] PreviewOutcome preview(const std::array<int, 4>& region,
                                       const DenoiseStrength& how = {},
                                       const std::stop_token& stop = {});

 private:
  struct State;
  std::shared_ptr<State> state_;
  Failure failure_;
};

}  // namespace latent::v1
