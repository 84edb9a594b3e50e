// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "image/cfa.h"

namespace latent::raw {

/// Side of the square blocks in which noise is measured, in sites.
inline constexpr int kBlockSide = 8;
inline constexpr int kBlockSites = kBlockSide * kBlockSide;

/// An orthonormal basis of one 8x8 block of a mosaic, ordered from what a picture holds to what
/// only noise holds.
///
/// First come the planes a + b x + c y of each colour (of each of the four sites, where the pattern
/// is 2x2: two greens may differ), then cosines over the whole lattice from low to high frequency,
/// each made orthogonal to all before it. The whole lattice is finer than that of one colour, so
/// what is taken for noise lies at frequencies that a lens hardly passes; and because the planes
/// are gone, neither the mosaic nor a smooth change of colour shows there.
///
/// White noise gives each coefficient the same variance. Coefficients of the planes are of no use;
/// the others belong to the bands below.
///
/// Source   the idea of low frequencies that choose and high ones that measure: Ponomarenko and
///          others, 2007; Colom and Buades, "Analysis and Extension of the Ponomarenko et al.
///          Method", IPOL 2013. Theirs is the DCT of one full channel.
struct BlockBasis {
  enum Band : std::size_t {
    Choice,  ///< low frequencies: how busy the block is
    Low,     ///< a part of them and a little above, without the axes
    Middle,
    High,  ///< the highest: what noise is measured with
    kBands
  };

  /// vectors[site][k], k over `count` coefficients padded with zeros to kBlockSites; those of the
  /// planes are left out.
  std::array<std::array<float, kBlockSites>, kBlockSites> vectors{};
  int count = 0;
  std::array<std::vector<int>, kBands> members;               ///< the coefficients of each band
  int colours = 0;                                            ///< how many the block has
  std::array<int, kBlockSites> colour{};                      ///< of each site, below `colours`
  std::array<std::array<float, kBlockSites>, 4> is_colour{};  ///< the same as 0 and 1
  std::array<float, 4> share{};  ///< of the sites that have this colour

  /// `cfa` seen from the block's first site.
  [[nodiscard]] static BlockBasis create(const CfaPattern& cfa);
};

}  // namespace latent::raw
