// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>

#include "app/batch.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace latent::cli {

/// How much a verb that does jobs says, and to whom.
struct ReportOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;

  void declare(CLI::App& verb);

  using Run = std::function<Result<app::BatchResult>(app::BatchObserver&, const std::stop_token&)>;
  /// Runs with the reporter asked for; gives the exit code.
  [[nodiscard]] int report(const Run& run, const std::stop_token& stop) const;
};

}  // namespace latent::cli
