// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "image/mosaic.h"

namespace latent::write {

/// How sensor counts become the 16-bit samples of a file: stored = counts * 2^shift + pedestal.
///
/// A 10 to 14-bit source has bits to spare in 16; they take the depth that removing noise has
/// earned, and the scaling is exact, so that strength 0 is the source itself.
struct StoredScale {
  int shift = 0;
  int pedestal = 0;
  friend bool operator==(const StoredScale&, const StoredScale&) = default;
};

enum class BelowBlack : std::uint8_t { Kept, NotExpected };

/// The largest shift that keeps every count the camera can give (2^bits_per_sample - 1, and the
/// largest sample and white level there are, should a file lie about its bits) within 16 bits.
///
/// Where some site has black 0 and values below black are to be Kept, a pedestal of 1/64 of the
/// 16-bit range is added to every site, and the shift allows for it.
///
/// Source   docs/decisions/0004-dng-levels-and-writer.md
[[nodiscard]] StoredScale choose_stored_scale(const Mosaic& mosaic, BelowBlack below);

/// The black and white levels under that scale; white by colour.
[[nodiscard]] SensorLevels stored_levels(const SensorLevels& levels, const StoredScale& scale);

}  // namespace latent::write
