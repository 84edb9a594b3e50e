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

/// Those of them that say which devices there are (--ort-library, --ort-plugin, --limit-start), for
/// verbs that ask all of them.
class LibraryOptions {
 public:
  void declare(CLI::App& verb);

  /// Without a folder for what is compiled.
  ///
  /// Errors   Usage  a limit that is no number.
  [[nodiscard]] Result<infer::EngineRequest> request() const;

 private:
  SettingOptions options_;
};

}  // namespace latent::cli
