// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "base/limits.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace latent::cli {

/// --limit-megapixels, --limit-side, --limit-memory, --limit-metadata, --limit-read and
/// --no-sandbox, for every verb that reads pictures.
struct LimitOptions {
  std::optional<std::int64_t> megapixels;
  std::optional<int> side;
  std::optional<std::size_t> memory_megabytes;
  std::optional<std::size_t> metadata_megabytes;
  std::optional<double> read_seconds;
  bool no_sandbox = false;

  void declare(CLI::App& verb);

  /// What was given here, else what settings.toml says, else the default. From now on files are
  /// read in the way that was asked for; what is lost by that is said once.
  ///
  /// Errors   as app::limits_of_settings().
  [[nodiscard]] Result<Limits> limits() const;
};

}  // namespace latent::cli
