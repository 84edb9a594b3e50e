// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/planes.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace latent::tasks {

namespace {

/// Rows of a tile that are packed at once, a multiple of every unshuffle; they stay in the cache.
constexpr int kBandRows = 32;
/// Pixels around that a level looks at.
constexpr int kLevelReach = 2;

/// Lays one row of interleaved r, g, b into three planes, the first of which is `plane`.
void unshuffle_row(const float* rgb, int width, int y, int plane, int unshuffle,
                   TensorView planes) {
  const auto k = unshuffle;
  const auto line = static_cast<std::size_t>(y / k) * static_cast<std::size_t>(planes.shape.width);
  for (int c = 0; c < 3; ++c) {
    for (int dx = 0; dx < k; ++dx) {
      float* out = planes.plane(((plane + c) * k + y % k) * k + dx).data() + line;
      for (int x = dx; x < width; x += k) *out++ = rgb[3 * x + c];
    }
  }
}

}  // namespace

Status pack_rgb_levels(const PlanesOfTile& what, const rgb::NoiseLevel& level, const Rect& tile,
                       TensorView planes) {
  const Size around{tile.width + 2 * kLevelReach, kBandRows + 2 * kLevelReach};
  LATENT_TRY(auto pixels, Image<float>::create(around, 3));
  LATENT_TRY(auto levels, Image<float>::create({tile.width, kBandRows}, 3));
  for (int top = 0; top < tile.height; top += kBandRows) {
    const int rows = std::min(kBandRows, tile.height - top);
    const Rect area{tile.x - kLevelReach, tile.y + top - kLevelReach, around.width,
                    rows + 2 * kLevelReach};
    const auto seen = pixels.view().crop({0, 0, area.width, area.height});
    what.source.encoded_rgb(area, what.gamut, seen);
    const std::size_t count = static_cast<std::size_t>(area.size().area()) * 3;
    what.guard.bend(seen.data(), seen.data(), count);
    rgb::level_planes(level, seen, levels.view().crop({0, 0, tile.width, rows}));
    for (int y = 0; y < rows; ++y) {
      const float* inner = seen.row(y + kLevelReach).data() + 3 * kLevelReach;
      unshuffle_row(inner, tile.width, top + y, 0, what.unshuffle, planes);
      unshuffle_row(levels.view().row(y).data(), tile.width, top + y, 3, what.unshuffle, planes);
    }
  }
  return {};
}

Status pack_rgb_level(const PlanesOfTile& what, float level, const Rect& tile, TensorView planes) {
  LATENT_TRY(auto pixels, Image<float>::create({tile.width, kBandRows}, 3));
  for (int top = 0; top < tile.height; top += kBandRows) {
    const int rows = std::min(kBandRows, tile.height - top);
    const auto seen = pixels.view().crop({0, 0, tile.width, rows});
    what.source.encoded_rgb({tile.x, tile.y + top, tile.width, rows}, what.gamut, seen);
    const std::size_t count = static_cast<std::size_t>(seen.size().area()) * 3;
    what.guard.bend(seen.data(), seen.data(), count);
    for (int y = 0; y < rows; ++y) {
      unshuffle_row(seen.row(y).data(), tile.width, top + y, 0, what.unshuffle, planes);
    }
  }
  const int cells = what.unshuffle * what.unshuffle;
  for (int channel = 3 * cells; channel < 4 * cells; ++channel) {
    std::ranges::fill(planes.plane(channel), level);
  }
  return {};
}

Status averaged_over_channels(ImageView<const float> residual, Image<float>& out) {
  if (out.empty() || out.height() < residual.height() || out.width() != residual.width()) {
    LATENT_TRY(out, Image<float>::create(residual.size(), 3));
  }
  for (int y = 0; y < residual.height(); ++y) {
    const float* from = residual.row(y).data();
    float* to = out.view().row(y).data();
    for (int x = 0; x < residual.width(); ++x, from += 3, to += 3) {
      to[0] = to[1] = to[2] = (from[0] + from[1] + from[2]) * (1.0F / 3.0F);
    }
  }
  return {};
}

void LuminanceSigma::add(ImageView<const float> residual) {
  constexpr float kLumaRed = 0.2126F;
  constexpr float kLumaGreen = 0.7152F;
  constexpr float kLumaBlue = 0.0722F;
  for (int y = 0; y < residual.height(); ++y) {
    const float* rgb = residual.row(y).data();
    for (int x = 0; x < residual.width(); ++x, rgb += 3) {
      const double light = kLumaRed * rgb[0] + kLumaGreen * rgb[1] + kLumaBlue * rgb[2];
      sum_ += light;
      squares_ += light * light;
    }
  }
  count_ += static_cast<double>(residual.size().area());
}

double LuminanceSigma::value() const {
  if (count_ == 0) return 0;
  const double mean = sum_ / count_;
  return std::sqrt(std::max(0.0, squares_ / count_ - mean * mean));
}

double luminance_sigma(ImageView<const float> residual) {
  LuminanceSigma sigma;
  sigma.add(residual);
  return sigma.value();
}

void subtract_rows(const rgb::GamutGuard& guard, WideGamut gamut, ImageView<const float> residual,
                   int first, int last, ImageView<float> rows) {
  const int colours = rows.channels();
  const auto count = static_cast<std::size_t>(rows.width()) * static_cast<std::size_t>(colours);
  std::vector<float> grey(colours == 1 ? count : 0);
  for (int y = first; y < last; ++y) {
    float* row = rows.row(y).data();
    const float* taken = residual.row(y).data();
    if (colours == 1) {
      for (std::size_t x = 0; x < count; ++x) grey[x] = taken[3 * x];
      taken = grey.data();
    }
    guard.subtract(row, taken, row, count);
    if (gamut == WideGamut::Clip) {
      for (std::size_t i = 0; i < count; ++i) row[i] = std::clamp(row[i], 0.0F, 1.0F);
    }
  }
}

}  // namespace latent::tasks
