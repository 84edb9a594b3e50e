// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "app/job.h"
#include "base/result.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace latent::cli {

/// --task, --job and -O: what is done with photographs that are found.
struct PatternJob {
  std::string task;
  std::string job;
  std::string folder;

  void declare(CLI::App& verb);
  /// Nothing where neither --task nor --job was given.
  ///
  /// Errors   as from_json() and new_job(); Usage for a job that names one output.
  [[nodiscard]] Result<std::optional<app::Job>> read() const;
};

}  // namespace latent::cli
