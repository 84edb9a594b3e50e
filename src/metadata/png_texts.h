// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "metadata/bytes.h"
#include "metadata/metadata.h"

namespace latent::metadata {

/// Which texts of a PNG are asked for.
enum class TextsOf : std::uint8_t {
  Photograph,  ///< what is said of the photograph
  File         ///< what is said of the file itself: Thumb::URI, Thumb::MTime of a thumbnail
};

/// The text chunks (tEXt, zTXt, iTXt) of a PNG file in its order, wherever they stand; none of
/// another format. Those that are damaged or too large are named in `warnings`.
///
/// Left out without a word are those that hold XMP, EXIF, IPTC or a profile, which travel by their
/// own ways, and those about the file itself (Thumb::..., date:...).
///
/// What is compressed is unpacked within `limits`, all entries together.
///
/// Source   PNG Specification, third edition, 11.3.3 "Textual information".
[[nodiscard]] std::vector<TextEntry> png_texts(const ReadAt& read_at, const Limits& limits,
                                               std::vector<std::string>& warnings,
                                               TextsOf which = TextsOf::Photograph);

}  // namespace latent::metadata
