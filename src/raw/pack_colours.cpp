// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/colour_start.h"
#include "raw/pack.h"

namespace latent::raw {

namespace {

/// Even columns to one plane, odd ones to the other.
void deal(std::span<const float> values, float* even, float* odd) {
  for (std::size_t i = 0; i < values.size() / 2; ++i) {
    even[i] = values[2 * i];
    odd[i] = values[2 * i + 1];
  }
}

}  // namespace

Status pack_colours(const Mosaic& mosaic, const Encoder& encoder, const Rect& tile,
                    TensorView planes) {
  LATENT_ENSURE(tile.x % 2 == 0 && tile.y % 2 == 0 && tile.width % 2 == 0 && tile.height % 2 == 0);
  LATENT_ENSURE((planes.shape == TensorShape{1, kColourPlanes * kCfaUnshuffle * kCfaUnshuffle,
                                             tile.height / 2, tile.width / 2}));
  ColourStart start(mosaic, encoder, tile.x, tile.width);
  const auto half = static_cast<std::size_t>(tile.width / 2);
  for (int y = 0; y < tile.height; ++y) {
    const ColourStart::Row row = start.row(tile.y + y);
    const std::array<std::span<const float>, kColourPlanes> values{
        row.u,     row.sigma_u,  row.is[0],    row.is[1],
        row.is[2], row.start[0], row.start[1], row.start[2]};
    const std::size_t at = static_cast<std::size_t>(y / 2) * half;
    for (int plane = 0; plane < kColourPlanes; ++plane) {
      const int channel = 4 * plane + 2 * (y % 2);
      deal(values[static_cast<std::size_t>(plane)], planes.plane(channel).data() + at,
           planes.plane(channel + 1).data() + at);
    }
  }
  return {};
}

}  // namespace latent::raw
