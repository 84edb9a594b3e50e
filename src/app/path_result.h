// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/job.h"
#include "app/output_name.h"
#include "base/limits.h"
#include "base/run_control.h"
#include "read/photograph.h"
#include "tasks/task.h"

namespace latent::app {

/// How a mask becomes a path in a file.
struct PathResult {
  std::string name;     ///< of the mask in darktable
  std::string nothing;  ///< a sentence where there is nothing to go around
  double feather_px = 0;
  EditRule edits = EditRule::Keep;  ///< of an .xmp that is there
  Limits limits;
};

/// Does a task whose result is a mask, and writes the path around it (.svg, .xmp) instead.
///
/// Errors   those of the task; NotFound  the mask is empty. Unsupported  the photograph is developed
///          at another size than darktable's; as write_mask_path().
[[nodiscard]] Result<tasks::AnyReport> run_as_path(
    tasks::Task& task, const read::Photograph& photograph, const OutputName& output,
    const tasks::Settings& settings, const PathResult& result, const RunControl& control);

}  // namespace latent::app
