// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/setting_options.h"
#include "infer/engine.h"

namespace latent::cli {

/// The engine's options (--engine, --device, ...) for verbs that run a network without a job.
class EngineOptions {
 public:
  void declare(CLI::App& verb);

  /// Errors   Usage  a word that is none of those offered.
  [[nodiscard]] Result<infer::EngineRequest> request() const;

 private:
  SettingOptions options_;
};

}  // namespace latent::cli
