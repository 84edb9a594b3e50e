// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "image/picture.h"

namespace latent::read {

/// What of a block of EXIF the samples cannot be understood without.
struct ExifFacts {
  std::optional<Orientation> orientation;  ///< absent where it says none of 1 to 8
  Resolution resolution;
  bool adobe_rgb = false;  ///< named by DCF's option for Adobe RGB
};

/// Reads a block of EXIF, which begins with its TIFF header. What is absent or damaged has its
/// default; loops end.
///
/// Source   Exif 2.32 (CIPA DC-008), 4.6; DCF 2.0 (CIPA DC-009), "optional file" of Adobe RGB.
[[nodiscard]] ExifFacts exif_facts(std::span<const std::uint8_t> tiff);

/// Nothing for what is no orientation.
[[nodiscard]] std::optional<Orientation> sound_orientation(std::uint64_t value);

}  // namespace latent::read
