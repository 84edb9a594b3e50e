// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"

namespace latent::read {

/// A soft mask from a file: a portable float map, or any picture that Photograph reads (PNG, TIFF,
/// ...). Its samples are taken as they are, without profile or curve: the greatest integer is 1.
/// Of RGB the mean of the three is taken; alpha is left out. What is below 0 or above 1, and
/// NaN, is brought to 0 and 1. Not turned.
///
/// Shapes   return [h, w, 1]
/// Units    0 to 1, linear coverage.
/// Errors   as Photograph::open() and picture(); Unsupported for a raw file. Messages begin with
///          the quoted path.
/// Threads  any.
[[nodiscard]] Result<Image<float>> read_mask_file(const std::filesystem::path& path,
                                                  const Limits& limits = {},
                                                  const RunControl& control = {});

}  // namespace latent::read
