// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/result.h"
#include "image/geometry.h"
#include "mask/path.h"

namespace latent::mask {

/// A shape as an SVG of the picture's size: one path, filled by the rule "evenodd", so that holes
/// are holes. Feathers have no place in it.
///
/// Errors   Unsupported  a group whose members are not outlines and holes of full opacity.
/// Source   W3C SVG 1.1, 8.3 and 11.3.
[[nodiscard]] Result<std::string> svg_of(const Shape& shape, Size size);

}  // namespace latent::mask
