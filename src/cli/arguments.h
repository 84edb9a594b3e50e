// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/result.h"
#include "image/geometry.h"

namespace latent::cli {

/// "X,Y,W,H" in pixels: --region of verbs that make no job.
///
/// Errors   Usage  not four whole numbers, a negative corner, or a side that is not positive.
[[nodiscard]] Result<Rect> parse_region(const std::string& text);

}  // namespace latent::cli
