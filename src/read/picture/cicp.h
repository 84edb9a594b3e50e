// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "colour/profile.h"

namespace latent::read {

/// What colours mean, in the numbers by which video says it ("coding-independent code points").
struct Cicp {
  int primaries = 2;  ///< "ColourPrimaries" in H.273; 2 is "unspecified"
  int transfer = 2;   ///< "TransferCharacteristics"
  int matrix = 0;     ///< "MatrixCoefficients"; 0 is RGB, all that PNG allows
  bool full_range = true;
  friend bool operator==(const Cicp&, const Cicp&) = default;

  /// Whether it says anything at all.
  [[nodiscard]] bool is_specified() const { return primaries != 2 || transfer != 2; }
};

/// The four bytes of a cICP chunk; nothing of another number of bytes.
///
/// Source   PNG Specification, third edition, 11.3.2.6.
[[nodiscard]] std::optional<Cicp> parse_cicp(std::span<const std::uint8_t> chunk);

/// The profile that says the same; nothing where the colour room has none that says it exactly: RGB
/// at full range with the curve of sRGB (on the primaries of sRGB, Display P3 and Rec. 2020), with
/// gamma 2.2 or 2.8, or linear; grey with the curve of sRGB, or linear.
///
/// `colours`  1 or 3.
/// Source   ITU-T H.273 (07/2021), tables 2 and 3.
[[nodiscard]] std::optional<colour::Profile> profile_of(const Cicp& cicp, int colours);

/// "BT.2100 PQ", "HLG", ... for a picture of high dynamic range, whose samples stand for light on
/// a screen of a known brightness, or of a scene; null for others.
[[nodiscard]] const char* hdr_name(const Cicp& cicp);

}  // namespace latent::read
