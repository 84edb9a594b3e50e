// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "base/limits.h"
#include "base/run_control.h"
#include "models/package.h"
#include "read/photograph.h"
#include "rgb/noise_level.h"
#include "tasks/picture/source.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

namespace latent::tasks {

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

  /// Decodes `source`, denoises it, and writes `target` in the format of its ending: beside it
  /// first, renamed when whole. Samples become floats a tile and a few rows at a time.
  ///
  /// Errors   as read::Photograph::picture(), infer::open_proved_session(), infer::run_tiles(),
  ///          PictureOutput::create() and write::PictureWriter; Usage for a region outside the
  ///          picture or a setting out of range. No file is left then.
  [[nodiscard]] Result<PictureReport> run(const read::Photograph& source,
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
  [[nodiscard]] Result<PreparedPicture> prepare(const read::Photograph& photograph,
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
