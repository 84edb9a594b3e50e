// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/result.h"

namespace latent::app {

/// What a task is to be done with: `asked_for` (an id or a path) where it is given, else the path
/// of the package that is enabled for the task ("rawdenoise", "denoise", "upscale", ...), as
/// models::Registry::open() takes it.
///
/// Errors   as ModelManager::enabled(); none where a model was asked for.
[[nodiscard]] Result<std::string> model_for(const std::string& task, const std::string& asked_for);

}  // namespace latent::app
