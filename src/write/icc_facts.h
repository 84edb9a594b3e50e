// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace latent::write {

/// Chromaticities x, y.
struct Chromaticities {
  std::array<double, 2> red{}, green{}, blue{}, white{};
};

/// The little that writers must know of a profile; everything else about colours is decided before.
struct IccFacts {
  std::optional<Chromaticities> chromaticities;  ///< of RGB profiles made of a matrix and curves
  bool is_srgb = false;       ///< primaries and curve of sRGB, whoever made the profile
  bool is_adobe_rgb = false;  ///< primaries and curve of Adobe RGB (1998)
  bool is_linear = false;     ///< all curves are straight
};

/// Reads the tags rXYZ, gXYZ, bXYZ, chad, wtpt and the curves. What is damaged or absent is as if
/// the profile were another: nothing is trusted, nothing fails.
///
/// Source   ICC.1:2010 (profile version 4.3), 9.2 and 10; Bradford adaptation where a version 2
///          profile gives its white without the matrix.
[[nodiscard]] IccFacts icc_facts(std::span<const std::uint8_t> icc);

}  // namespace latent::write
