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

/// Raw denoise with a package made for darktable: bayer_v1 for Bayer mosaics, xtrans_v1 or
/// linear_v1 for X-Trans and for raws without a mosaic.
///
/// Threads  one call at a time; compiled networks are kept for the next file.
class DarktableRaw {
 public:
  DarktableRaw(models::Package package, infer::EngineRequest engine, const Limits& limits);
  DarktableRaw(DarktableRaw&&) noexcept;
  DarktableRaw& operator=(DarktableRaw&&) noexcept;
  ~DarktableRaw();

  /// One file, as RawDenoiser::run(); one that check_taken() passed.
  ///
  /// Errors   as RawDenoiser::run() and load_darktable_network(); ModelMismatch where the network's
  ///          answer has no gain that is positive and finite.
  [[nodiscard]] Status run(const read::Photograph& source, const std::filesystem::path& target,
                           const RawDenoiseSettings& settings, const RunControl& control,
                           RawDenoiseReport& report);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
