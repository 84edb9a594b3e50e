// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"

namespace latent::read {

struct EmbeddedPreview {
  std::vector<std::uint8_t> jpeg;  ///< the file as the camera stored it, not decoded, not turned
  Size size;                       ///< as the JPEG itself states it
};

class RawFile;

/// As Photograph::embedded_preview(); messages are predicates.
[[nodiscard]] Result<std::optional<EmbeddedPreview>> preview_of(RawFile& file);

}  // namespace latent::read
