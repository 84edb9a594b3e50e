// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "image/geometry.h"

namespace latent::read {

struct EmbeddedPreview {
  std::vector<std::uint8_t> jpeg;  ///< the file as the camera stored it, not decoded, not turned
  Size size;                       ///< as the JPEG itself states it
};

/// The largest JPEG that the camera put into its raw file, if any.
///
/// Errors   as open_raw(), less those of the samples. A preview that is damaged or no JPEG counts
/// as
///          none.
[[nodiscard]] Result<std::optional<EmbeddedPreview>> embedded_preview(
    const std::filesystem::path& path, const Limits& limits = {});

}  // namespace latent::read
