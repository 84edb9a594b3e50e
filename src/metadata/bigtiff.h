// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "base/limits.h"
#include "metadata/bytes.h"
#include "metadata/container_blocks.h"

namespace latent::metadata {

/// The metadata of a BigTIFF, which Exiv2 0.27 does not read: its fields in a classic TIFF of their
/// own, XMP, IPTC, Photoshop's resources, and the maker note with its place in the file. Nothing of
/// another format. Damage ends the walk; nothing is trusted.
///
/// Source   TIFF 6.0, section 2; "The BigTIFF File Format" (AWare Systems).
[[nodiscard]] std::optional<ContainerBlocks> bigtiff_blocks(const ReadAt& read_at,
                                                            const Limits& limits);

}  // namespace latent::metadata
