// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"

namespace latent::models {

/// Writes a folder as a .dtmodel: entries sorted and below one top folder named as the manifest's
/// id, deflated, with one date for all, so that the same folder gives the same bytes. What was
/// written is judged whole; `target`, which must not be there yet, is removed where that fails.
///
/// Errors   as Package::open() of the folder; Io where it cannot be written; Cancelled.
[[nodiscard]] Status pack_folder(const std::filesystem::path& folder,
                                 const std::filesystem::path& target, const Limits& limits,
                                 const RunControl& control);

}  // namespace latent::models
