// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "base/limits.h"
#include "base/run_control.h"
#include "infer/engine.h"
#include "models/package.h"
#include "read/photograph.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

namespace latent::tasks {

/// Removes sensor noise from raw files, one after the other, with the networks of one package.
///
/// Threads  one call at a time; the object keeps compiled networks for the next file.
class RawDenoiser {
 public:
  /// With networks of ours, or with a package made for darktable; they are read when a file needs
  /// them.
  ///
  /// Errors   Unsupported, ModelMismatch  as Manifest::network().
  [[nodiscard]] static Result<RawDenoiser> create(const models::Package& package,
                                                  infer::EngineRequest engine, Limits limits = {});
  RawDenoiser(RawDenoiser&&) noexcept;
  RawDenoiser& operator=(RawDenoiser&&) noexcept;
  ~RawDenoiser();

  /// Decodes `source`, denoises its mosaic, and writes a DNG at `target`: beside it first, renamed
  /// when whole. What has no mosaic is denoised as linear RGB, each channel as a monochrome
  /// picture.
  ///
  /// Errors   as read::Photograph::mosaic() and linear(), models::load_network(),
  ///          infer::open_proved_session(), infer::run_tiles() and write::DngWriter; ModelMismatch
  ///          where no network was trained for the sensor; Usage for a region outside the picture
  ///          or a setting out of range. No file is left then.
  [[nodiscard]] Result<RawDenoiseReport> run(const read::Photograph& source,
                                             const std::filesystem::path& target,
                                             const RawDenoiseSettings& settings,
                                             const RunControl& control);

 private:
  struct State;
  [[nodiscard]] Result<RawDenoiseReport> run_unnamed(const read::Photograph& source,
                                                     const std::filesystem::path& target,
                                                     const RawDenoiseSettings& settings,
                                                     const RunControl& control);
  explicit RawDenoiser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
