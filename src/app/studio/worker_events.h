// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latent::app {

/// One line that `latent run --json` prints (docs/cli.md), as far as the queue needs it.
struct WorkerEvent {
  enum class Kind { Start, Progress, Done, Skipped, Error, Other };
  Kind kind = Kind::Other;
  double fraction = 0;
  std::string output;
  std::string message;
  std::vector<std::string> notices;
  double megapixels = 0;
  double seconds = 0;
  std::string engine;  ///< "cpu, bf16"
  std::string model;
};

/// Nothing where the line is no such object: it comes from another process.
[[nodiscard]] std::optional<WorkerEvent> parse_event(std::string_view line);

}  // namespace latent::app
