// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/run_control.h"
#include "infer/engine.h"
#include "models/store/package.h"
#include "rgb/noise_level.h"
#include "rgb/tone_bias.h"
#include "tasks/mask/local_strength.h"
#include "tasks/picture/source.h"
#include "tasks/picture/take_off.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

namespace latent::tasks {

/// A network that takes noise from finished pictures, ours or one made for darktable: what denoise
/// is made of, and what upscale may run first.
///
/// Threads  one call at a time; compiled networks are kept for the next picture.
class Denoiser {
 public:
  using TakeRows = TakeOff::TakeRows;

  /// Errors   Unsupported, ModelMismatch, Corrupt  as models::load_network().
  [[nodiscard]] static Result<Denoiser> create(const models::Package& package,
                                               const infer::EngineRequest& engine,
                                               const Limits& limits);
  Denoiser(Denoiser&&) noexcept;
  Denoiser& operator=(Denoiser&&) noexcept;
  ~Denoiser();

  [[nodiscard]] const models::Package& package() const;
  /// What the user should know of the network, after adopt().
  [[nodiscard]] const std::vector<std::string>& notices() const;

  /// Judges the settings, and reads the network that they want: a package made for darktable has
  /// another one for every reading and every level. Before all that follows.
  ///
  /// Errors   as check(); Usage for a reading that the package does not have.
  [[nodiscard]] Status adopt(const DenoiseSettings& settings);

  /// Whether darktable's arithmetic is asked for, over whole pictures and without a measurement.
  [[nodiscard]] bool as_darktable() const;

  /// For the provenance: what the network was told, or what was measured for the texture. As
  /// darktable does it a network without a second input is told nothing.
  [[nodiscard]] std::optional<double> level_told(const rgb::NoiseLevel& measured) const;

  /// Begins to compile for a region of a picture of that size, or for any that is to be shown.
  ///
  /// Errors   as infer::TilePlan::create().
  [[nodiscard]] Status begin(Size picture, const Rect& region, const DenoiseSettings& settings);
  void begin_shown(Size picture);
  [[nodiscard]] Status ready_shown(Size picture);

  /// Denoised rows of a region, in the working encoding, to `take`.
  ///
  /// Errors   as infer::open_proved_session(), infer::run_tiles() and those of `take`.
  [[nodiscard]] Status rows(const PictureSource& source, const rgb::NoiseLevel& level,
                            const Rect& region, const DenoiseSettings& settings,
                            const TakeRows& take, const RunControl& control, PictureReport& report);

  /// What the network takes away from an area, by the tile for what is shown; not as_darktable().
  ///
  /// Shapes   return [area height, area width, 3].
  [[nodiscard]] Result<Image<float>> residual(const PictureSource& source,
                                              const rgb::NoiseLevel& level, const Rect& area,
                                              WideGamut gamut, int threads,
                                              const RunControl& control);
  /// luminance_sigma() of what it takes away from all of the picture.
  [[nodiscard]] Result<double> residual_sigma(const PictureSource& source,
                                              const rgb::NoiseLevel& level, WideGamut gamut,
                                              int threads, const RunControl& control);

  /// What its results of such a level lack; nothing where the settings want tones kept, and of
  /// networks made for darktable.
  [[nodiscard]] rgb::ToneShift tones_for(const rgb::NoiseLevel& level,
                                         const DenoiseSettings& settings) const;

  /// TakeOff for this network.
  [[nodiscard]] Result<TakeOff> take_off(TakeOff::What what, const DenoiseSettings& settings) const;

  /// The denoised picture in memory, with the source's profile, 16 bits or float as the source: for
  /// a task that goes on from there. The settings' region, mask and output are not looked at.
  ///
  /// `local`  where the result counts; null: everywhere
  /// Errors   as rows().
  [[nodiscard]] Result<Picture> denoised(const PictureSource& source,
                                         const DenoiseSettings& settings,
                                         const LocalStrength* local, const RunControl& control,
                                         PictureReport& report);

 private:
  struct State;
  explicit Denoiser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The level that the settings name, with what the picture says of the fineness of its noise, or an
/// estimate over the whole picture.
///
/// Errors   as rgb::estimate_level().
[[nodiscard]] Result<rgb::NoiseLevel> level_of(const PictureSource& source,
                                               const DenoiseSettings& settings);

/// What is said where an estimate is believed in part only, by rgb::cautious_level(); else empty.
[[nodiscard]] std::string doubt_about(const rgb::NoiseLevel& estimate);

}  // namespace latent::tasks
