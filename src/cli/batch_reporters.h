// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "app/batch.h"
#include "cli/output.h"

namespace latent::cli {

/// Lines for a person: a progress bar on a terminal, one line a file, sentences for what failed.
[[nodiscard]] std::unique_ptr<app::BatchObserver> text_reporter(Verbosity verbosity);

/// One JSON object a line on stdout and nothing else: "start", "progress", "large", "done",
/// "skipped", "error" (docs/cli.md has the fields).
[[nodiscard]] std::unique_ptr<app::BatchObserver> json_reporter();

}  // namespace latent::cli
