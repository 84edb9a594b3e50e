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

/// Enlarges finished pictures two or four times a side, one after the other, with one network.
///
/// Threads  one call at a time; the object keeps the compiled networks for the next picture.
class PictureUpscaler {
 public:
  /// `denoiser` is the package for UpscaleSettings::denoise, absent where that stays 0.
  ///
  /// Errors   Unsupported, ModelMismatch, Corrupt  as models::load_network().
  [[nodiscard]] static Result<PictureUpscaler> create(const models::Package& package, int scale,
                                                      const models::Package* denoiser,
                                                      const infer::EngineRequest& engine,
                                                      Limits limits = {});
  PictureUpscaler(PictureUpscaler&&) noexcept;
  PictureUpscaler& operator=(PictureUpscaler&&) noexcept;
  ~PictureUpscaler();

  /// Decodes `source`, enlarges it, and writes `target` in the format of its ending: beside it
  /// first, renamed when whole. Rows stream out; of the enlargement never more than a row of tiles
  /// exists.
  ///
  /// Errors   as PictureDenoiser::run(); TooLarge where the format cannot hold the enlargement, as
  ///          write::check_size() says: found before a sample is read.
  [[nodiscard]] Result<PictureReport> run(const read::Photograph& source,
                                          const std::filesystem::path& target,
                                          const UpscaleSettings& settings,
                                          const RunControl& control);

 private:
  struct State;
  explicit PictureUpscaler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
