// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_source.h"
#include "base/limits.h"
#include "image/geometry.h"
#include "read/embedded_preview.h"

namespace latent::read {

/// The size that the frame header of a lossy JPEG states; nothing where the bytes are no such JPEG,
/// a lossless one (raw data) for example.
///
/// Source   ITU-T T.81, annex B.
[[nodiscard]] std::optional<Size> lossy_jpeg_size(std::span<const std::uint8_t> bytes);

/// The largest JPEG that a TIFF-like file, DNG or a maker's own, holds in one piece.
[[nodiscard]] std::optional<EmbeddedPreview> largest_tiff_preview(const ByteSource& source,
                                                                  const Limits& limits);

}  // namespace latent::read
