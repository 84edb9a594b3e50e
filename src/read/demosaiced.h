// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/linear_raw.h"

namespace latent::read {

/// Reads a mosaic and lets LibRaw interpolate its colours, for networks that want three samples a
/// pixel: camera RGB, not white balanced (only while it is interpolated), of the visible area. One
/// whole stop above white is kept.
///
/// Errors   as open_raw().
/// Threads  any; calls do not share state.
[[nodiscard]] Result<LinearRaw> open_demosaiced(const std::filesystem::path& path,
                                                const Limits& limits = {},
                                                const RunControl& control = {});

}  // namespace latent::read
