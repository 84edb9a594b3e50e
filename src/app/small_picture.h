// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/limits.h"
#include "base/result.h"

namespace latent::app {

/// Writes a small JPEG of any photograph, upright, in sRGB, for a report: means over squares of
/// pixels, raws developed plainly. What is there is replaced.
///
/// Errors   those of reading the photograph and of writing a JPEG.
[[nodiscard]] Status write_small_picture(const std::filesystem::path& source,
                                         const std::filesystem::path& target, int longest_side_px,
                                         const Limits& limits);

}  // namespace latent::app
