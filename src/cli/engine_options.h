// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "infer/engine.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace latent::cli {

/// --engine, --device, --precision, --ort-library, --threads and --limit-start as the user wrote
/// them, for every verb that runs a network.
struct EngineOptions {
  std::string engine = "auto";
  std::string device = "auto";
  std::string precision = "auto";
  std::string ort_library;
  int threads = 0;
  double start_seconds = infer::EngineRequest{}.start_seconds;

  void declare(CLI::App& verb);

  /// Errors   Usage  a word that is none of those offered.
  [[nodiscard]] Result<infer::EngineRequest> request() const;
};

}  // namespace latent::cli
