// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/geometry.h"

namespace latent::read {

struct DngDirectories;

/// BlackLevelDeltaH and V of a DNG: how much higher the black of each column and row of the active
/// area lies than BlackLevel. Their means go into the black levels, the rest is taken off the
/// samples while they are decoded.
struct BlackDeltas {
  double mean = 0;               ///< counts to be added to every black level
  Rect active;                   ///< in buffer coordinates
  std::vector<float> by_column;  ///< less the mean, one for each of the active area; or none
  std::vector<float> by_row;     ///< the same
  int shift = 0;                 ///< samples and levels become so many bits longer, so that
                                 ///< fractions are not rounded away

  /// Whether there is nothing to be taken off.
  [[nodiscard]] bool empty() const { return by_column.empty() && by_row.empty(); }

  /// What is taken off a sample at most, before the shift; not below 0.
  [[nodiscard]] double largest() const;

  /// Takes the black of its own off a part of a row that begins at the pixel (x, y), rounded and
  /// kept within 16 bits. Margins are shifted only.
  void take_off(int x, int y, int samples_per_pixel, std::span<std::uint16_t> row) const;
  /// The same of floats, neither shifted nor rounded.
  void take_off(int x, int y, int samples_per_pixel, std::span<float> row) const;

 private:
  /// What lies above the mean at the pixel (x, y), counted from the buffer's corner.
  [[nodiscard]] float at(int x, int y) const;
};

/// Deltas that are not one for each column or row of the active area count by their mean only.
/// `largest_sample` is the largest count that can be stored: it says how far samples may grow.
[[nodiscard]] BlackDeltas read_black_deltas(const DngDirectories& directories, const Rect& active,
                                            double largest_sample);

}  // namespace latent::read
