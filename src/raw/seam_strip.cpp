// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/seam_strip.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace latent::raw {

int SeamAxis::begin(int tile) const { return tile == 0 ? 0 : tile * core - band; }

int SeamAxis::end(int tile) const {
  return tile + 1 == count() ? size : std::min(size, (tile + 1) * core + band);
}

float SeamAxis::weight(int tile, int at) const {
  const auto ramp = [this, at](int edge) {
    return (static_cast<float>(at - (edge - band)) + 0.5F) / static_cast<float>(2 * band);
  };
  if (tile > 0 && at < tile * core + band) return ramp(tile * core);
  if (tile + 1 < count() && at >= (tile + 1) * core - band) return 1.0F - ramp((tile + 1) * core);
  return 1.0F;
}

Result<SeamStrip> SeamStrip::create(Size area, int core, int band, int channels) {
  if (core < 2 * band) {
    return fail(ErrorCode::Unsupported,
                "the seams of darktable's tiles would overlap with a tile as small as this "
                "package's; it runs without --compat");
  }
  SeamStrip strip;
  strip.across_ = {area.width, core, band};
  strip.down_ = {area.height, core, band};
  strip.channels_ = channels;
  const int rows = std::min(area.height, core + 2 * band);
  LATENT_TRY(strip.strip_, Image<float>::create({area.width, rows}, channels));
  return strip;
}

void SeamStrip::add(int row, int column, const RowOf& row_of) {
  const int first = across_.begin(column);
  const int last = across_.end(column);
  const auto columns = static_cast<std::size_t>(last - first);
  const auto channels = static_cast<std::size_t>(channels_);
  std::vector<float> weights(columns);
  for (int x = first; x < last; ++x) {
    weights[static_cast<std::size_t>(x - first)] = across_.weight(column, x);
  }
  std::vector<float> samples(columns * channels);
  for (int y = down_.begin(row); y < down_.end(row); ++y) {
    row_of(y, first, last, samples.data());
    const float weight = down_.weight(row, y);
    float* sum = &strip_.view().at(first, y - top_);
    for (std::size_t x = 0, i = 0; x < columns; ++x) {
      const float share = weights[x] * weight;
      for (std::size_t c = 0; c < channels; ++c, ++i) sum[i] += share * samples[i];
    }
  }
}

Status SeamStrip::finish_row(int row, const Take& take) {
  const int bottom = row + 1 == down_.count() ? down_.size : down_.begin(row + 1);
  const int rows = bottom - top_;
  LATENT_CHECK(take(top_, std::as_const(strip_).view().crop({0, 0, strip_.width(), rows})));
  // What the next row of tiles goes on with moves up; the rest begins at nothing.
  const int kept = std::max(0, strip_.height() - rows);
  for (int y = 0; y < strip_.height(); ++y) {
    const auto to = strip_.view().row(y);
    if (y < kept) {
      std::ranges::copy(strip_.view().row(y + rows), to.begin());
    } else {
      std::ranges::fill(to, 0.0F);
    }
  }
  top_ = bottom;
  return {};
}

}  // namespace latent::raw
