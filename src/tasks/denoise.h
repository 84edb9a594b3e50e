// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/limits.h"
#include "base/run_control.h"
#include "models/darktable_contract.h"
#include "models/package.h"
#include "rgb/noise_level.h"
#include "tasks/picture_output.h"
#include "tasks/picture_source.h"
#include "tasks/task_report.h"

namespace latent::tasks {

/// How texture comes back where less than the whole of the luminance noise is taken away.
enum class Detail : std::uint8_t {
  Auto,       ///< by wavelets, thresholds from the noise estimate
  Darktable,  ///< by wavelets, darktable's thresholds, which want the whole picture's residual
  None        ///< a plain blend of before and after
};

struct DenoiseSettings {
  double strength = 1.0;  ///< 0 gives the source back, 1 all that the network found
  double luma = 1.0;      ///< times `strength`: share of the noise in light that goes
  double chroma = 1.0;    ///< times `strength`: of the noise in colour
  /// Sigma in 8-bit steps of sRGB instead of the estimate; what the second input of a package made
  /// for darktable is filled with (25 where absent, as darktable does).
  std::optional<double> level;
  Detail detail = Detail::Auto;
  WideGamut wide_gamut = WideGamut::Preserve;
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

/// What a task on finished pictures tells of one file.
struct PictureReport : TaskReport {
  std::string source_format;  ///< "TIFF"
  SampleDepth source_depth = SampleDepth::U8;
  SampleDepth depth = SampleDepth::U16;
  std::string source_profile;  ///< in words
  std::string profile;
  /// What the denoising network was told, sigma over 0..1; absent where it did not run.
  std::optional<rgb::NoiseLevel> level;
  int scale = 1;
  std::optional<double> consistency_rms;  ///< of an enlargement reduced again, against its source
};

/// A picture, opened and analysed once, of which parts are shown again and again.
class PreparedPicture {
 public:
  [[nodiscard]] Size size() const { return source_->size(); }
  [[nodiscard]] const rgb::NoiseLevel& level() const { return level_; }
  [[nodiscard]] const PictureSource& source() const { return *source_; }

 private:
  friend class PictureDenoiser;
  std::shared_ptr<const PictureSource> source_;
  rgb::NoiseLevel level_;
};

/// Part of a picture before and after, [h, w, 3], encoded sRGB without bounds.
struct PreviewPair {
  Image<float> before;
  Image<float> after;
};

/// Removes noise from finished pictures, one after the other, with one network.
///
/// Threads  one call at a time; the object keeps the compiled network for the next picture.
class PictureDenoiser {
 public:
  /// Errors   Unsupported, ModelMismatch, Corrupt  as models::load_network().
  [[nodiscard]] static Result<PictureDenoiser> create(const models::Package& package,
                                                      infer::EngineRequest engine,
                                                      Limits limits = {});
  PictureDenoiser(PictureDenoiser&&) noexcept;
  PictureDenoiser& operator=(PictureDenoiser&&) noexcept;
  ~PictureDenoiser();

  /// The package of its network, for the provenance of a task that goes on from denoised().
  [[nodiscard]] const models::Package& package() const;

  /// Reads `source`, denoises it, and writes `target` in the format of its ending: beside it first,
  /// renamed when whole. Samples become floats a tile and a few rows at a time.
  ///
  /// Errors   as read::open_picture(), infer::open_proved_session(), infer::run_tiles(),
  ///          PictureOutput::create() and write::PictureWriter; Usage for a region outside the
  ///          picture or a setting out of range. No file is left then.
  [[nodiscard]] Result<PictureReport> run(const std::filesystem::path& source,
                                          const std::filesystem::path& target,
                                          const DenoiseSettings& settings,
                                          const RunControl& control);

  /// The denoised picture in memory, with the source's profile, 16 bits or float as the source;
  /// `settings.output` and `region` are not looked at. For a task that goes on from there.
  ///
  /// Errors   as run(), less those of writing.
  [[nodiscard]] Result<Picture> denoised(const PictureSource& source,
                                         const DenoiseSettings& settings, const RunControl& control,
                                         PictureReport& report);

  /// Opens and analyses a picture, and compiles the network for the tile of previews.
  ///
  /// Errors   as run().
  [[nodiscard]] Result<PreparedPicture> prepare(const std::filesystem::path& source,
                                                const RunControl& control);

  /// Part of a prepared picture, with the pixels that run() gives there. To see another part or
  /// setting sooner, ask control.stop and call again when this has returned: it does at once.
  ///
  /// Errors   as run(); Cancelled.
  [[nodiscard]] Result<PreviewPair> preview(const PreparedPicture& prepared, const Rect& region,
                                            const DenoiseSettings& settings,
                                            const RunControl& control);

 private:
  struct State;
  explicit PictureDenoiser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
