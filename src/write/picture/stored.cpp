// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/stored.h"

#include <algorithm>

namespace latent::write {

namespace {

constexpr int kPedestal = 65536 / 64;

double largest_count(const Mosaic& mosaic) {
  const int bits = std::clamp(mosaic.bits_per_sample, 1, 16);
  double largest = std::max<double>((1 << bits) - 1, mosaic.sample_max);
  for (const float white : mosaic.levels.white) largest = std::max<double>(largest, white);
  return std::min(largest, 65535.0);
}

}  // namespace

StoredScale choose_stored_scale(const Mosaic& mosaic, BelowBlack below) {
  const auto& black = mosaic.levels.black.counts;
  const bool no_room = std::any_of(black.begin(), black.end(), [](float b) { return b <= 0.0F; });
  const double largest = largest_count(mosaic);
  StoredScale scale;
  // A source that fills 16 bits has no room for a pedestal either: its samples come first.
  if (below == BelowBlack::Kept && no_room && largest + kPedestal <= 65535.0) {
    scale.pedestal = kPedestal;
  }
  while (largest * static_cast<double>(2 << scale.shift) + scale.pedestal <= 65535.0) ++scale.shift;
  return scale;
}

SensorLevels stored_levels(const SensorLevels& levels, const StoredScale& scale) {
  const auto stored = [&](float count) {
    return count * static_cast<float>(1 << scale.shift) + static_cast<float>(scale.pedestal);
  };
  SensorLevels result = levels;
  for (float& black : result.black.counts) black = stored(black);
  for (float& white : result.white) white = white > 0.0F ? stored(white) : white;
  return result;
}

}  // namespace latent::write
