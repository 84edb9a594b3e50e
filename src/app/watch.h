// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "app/batch.h"
#include "app/job.h"
#include "app/model_defaults.h"
#include "base/result.h"

namespace latent::app {

/// A folder whose photographs are done as they arrive.
struct WatchRequest {
  std::filesystem::path folder;
  Job pattern;                     ///< what is done; its sources are replaced
  std::vector<std::string> match;  ///< patterns of names; none: all that the task takes
  /// How long a file must stay as it is, after its last change, to count as complete: cameras and
  /// networks write in pieces.
  std::chrono::milliseconds settle{2000};
  bool existing = true;  ///< also what is there already and has no result
};

/// Does each photograph of a folder once it is complete, until it is told to stop. The folders
/// below are not watched. Results in the same folder are known by their XMP and not done again;
/// a result that exists is left.
///
/// Errors   Io  the folder cannot be watched, or is taken away; NotFound; those of batch_of().
[[nodiscard]] Result<BatchResult> watch_folder(const WatchRequest& request, BatchObserver& observer,
                                               const std::stop_token& stop,
                                               const Workplace& at = {});

}  // namespace latent::app
