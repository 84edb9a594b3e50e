// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metadata/bytes.h"
#include "metadata/placing.h"

namespace latent::metadata {

/// The resources of Photoshop that are true of the picture and not only of its file: paths with the
/// name of the one that clips, the flag of copyright, its address. What says of the document how it
/// was worked on (guides, slices) is named in `warnings`; copies of other metadata, thumbnails and
/// resolutions go without a word. Damage ends the walk.
///
/// Source   Adobe Photoshop File Formats Specification, "Image Resources Section".
[[nodiscard]] std::vector<std::uint8_t> photoshop_resources(std::span<const std::uint8_t> blocks,
                                                            std::vector<std::string>& warnings);

/// All blocks that a JPEG has in its APP13 segments, one behind the other.
[[nodiscard]] std::vector<std::uint8_t> jpeg_photoshop(const ReadAt& read_at, const Limits& limits);

/// Paths count in parts of the picture's sides: makes them count in those of a part of it.
void place_paths(std::vector<std::uint8_t>& blocks, const Placing& placing);

}  // namespace latent::metadata
