// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "image/geometry.h"
#include "image/mosaic.h"
#include "models/darktable_contract.h"

namespace latent::cli {

/// "X,Y,W,H" in pixels.
///
/// Errors   Usage  not four whole numbers, a negative corner, or a side that is not positive.
[[nodiscard]] Result<Rect> parse_region(const std::string& text);

/// "auto" (nothing), "A,B" for all colours, or "AR,BR,AG,BG,AB,BB": var(x) = A x + B with x from
/// black 0 to white 1.
///
/// Errors   Usage  not that, or a number that is not finite or below 0.
[[nodiscard]] Result<std::optional<NoiseModel>> parse_noise(const std::string& text);

/// "auto" (nothing), or a sigma in 8-bit steps, 0 to 255.
///
/// Errors   Usage  neither.
[[nodiscard]] Result<std::optional<double>> parse_level(const std::string& text);

/// "none" or "darktable-5.6".
///
/// Errors   Usage  neither.
[[nodiscard]] Result<models::Compat> parse_compat(const std::string& text);

/// What --compat says in every verb's help.
inline constexpr const char* kCompatHelp =
    "for packages made for darktable: none (done right), or darktable-5.6 (darktable's arithmetic, "
    "its slips included)";

}  // namespace latent::cli
