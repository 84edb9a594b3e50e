// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/pack.h"

#include <cmath>
#include <map>
#include <vector>

#include "base/simd.h"

namespace latent::raw {

namespace {

/// One row of a tile, ready to be used on samples: everything that depends on the site only. Even
/// columns first, then odd ones, as the planes want them.
struct RowCode {
  std::vector<float> scale;
  std::vector<float> shift;
  std::vector<float> planes;  ///< sigma_u and the three colours, width values each
};

RowCode row_code(const Encoder& encoder, int frame_y, const std::vector<int>& columns) {
  const std::size_t width = columns.size();
  RowCode code;
  code.scale.resize(width);
  code.shift.resize(width);
  code.planes.assign(4 * width, 0.0F);
  for (std::size_t i = 0; i < width; ++i) {
    const SiteCode& site = encoder.at(columns[i], frame_y);
    code.scale[i] = site.scale;
    code.shift[i] = site.shift;
    code.planes[i] = site.sigma_u;
    code.planes[(1 + static_cast<std::size_t>(site.colour)) * width + i] = 1.0F;
  }
  return code;
}

/// Frame columns of a tile after mirroring, even tile columns first, then odd ones.
std::vector<int> dealt_columns(const Rect& tile, int frame_width) {
  std::vector<int> columns;
  columns.reserve(static_cast<std::size_t>(tile.width));
  for (int parity = 0; parity < 2; ++parity) {
    for (int x = parity; x < tile.width; x += 2) {
      columns.push_back(mirror_index(tile.x + x, frame_width));
    }
  }
  return columns;
}

LATENT_VECTORISED
void deal(const std::uint16_t* samples, std::size_t half, float* even, float* odd) {
  for (std::size_t i = 0; i < half; ++i) {
    even[i] = static_cast<float>(samples[2 * i]);
    odd[i] = static_cast<float>(samples[2 * i + 1]);
  }
}

}  // namespace

Status pack(const Mosaic& mosaic, const Encoder& encoder, const Rect& tile, TensorView planes) {
  LATENT_ENSURE(tile.x % 2 == 0 && tile.y % 2 == 0 && tile.width % 2 == 0 && tile.height % 2 == 0);
  LATENT_ENSURE((planes.shape == TensorShape{1, kCfaPlanes * kCfaUnshuffle * kCfaUnshuffle,
                                             tile.height / 2, tile.width / 2}));
  const auto active = mosaic.samples.view().crop(mosaic.active);
  const std::vector<int> columns = dealt_columns(tile, active.width());
  const auto width = static_cast<std::size_t>(tile.width);
  const std::size_t half = width / 2;
  const bool inside = tile.x >= 0 && tile.right() <= active.width();

  std::map<int, RowCode> codes;  // by row of the period; at most a few
  std::vector<float> counts(width);
  std::vector<float> balance(encoder.greens() != nullptr ? width : 0);
  for (int y = 0; y < tile.height; ++y) {
    const int frame_y = mirror_index(tile.y + y, active.height());
    const int phase = positive_modulo(frame_y, encoder.period().height);
    auto found = codes.find(phase);
    if (found == codes.end()) {
      found = codes.emplace(phase, row_code(encoder, phase, columns)).first;
    }
    const RowCode& code = found->second;
    const auto source = active.row(frame_y);
    if (inside) {
      deal(source.data() + tile.x, half, counts.data(), counts.data() + half);
    } else {
      for (std::size_t i = 0; i < width; ++i) {
        counts[i] = static_cast<float>(source[static_cast<std::size_t>(columns[i])]);
      }
    }
    if (encoder.greens() != nullptr) {
      encoder.greens()->row(frame_y, columns, balance);
      for (std::size_t i = 0; i < width; ++i) counts[i] += balance[i];
    }
    const std::size_t row = static_cast<std::size_t>(y / 2) * half;
    for (int dx = 0; dx < 2; ++dx) {
      const std::size_t at = dx == 0 ? 0 : half;
      const int channel = (y % 2) * 2 + dx;
      encode_counts(counts.data() + at, code.scale.data() + at, code.shift.data() + at, half,
                    planes.plane(channel).data() + row);
      for (int plane = 1; plane < kCfaPlanes; ++plane) {
        const float* values = code.planes.data() + static_cast<std::size_t>(plane - 1) * width + at;
        std::copy_n(values, half, planes.plane(plane * 4 + channel).data() + row);
      }
    }
  }
  return {};
}

}  // namespace latent::raw
