// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/linear_raw.h"

namespace latent::read {

/// Reads a raw file that has no mosaic (RawFacts::opens_as_linear) as three linear samples a pixel:
///   - a DNG of demosaiced samples (LinearRaw), by its own tags; one in lossy JPEG tiles by LibRaw;
///   - what a camera stores as colours (sRaw and the like), as LibRaw decodes it;
///   - a four-colour or Foveon sensor, converted by LibRaw to linear sRGB, white balanced as shot:
///     there highlights are clipped, and notices say so.
/// Margins are cut off; otherwise samples are not changed. The file is opened read-only.
///
/// Errors   as open_raw(); Unsupported where the file is of another kind.
/// Threads  any; calls do not share state.
[[nodiscard]] Result<LinearRaw> open_linear_raw(const std::filesystem::path& path,
                                                const Limits& limits = {},
                                                const RunControl& control = {});

}  // namespace latent::read
