// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/doors.h"

#include <algorithm>
#include <cmath>

#include "rgb/darktable_rgb.h"

namespace latent::tasks {

namespace {

constexpr int kBandRows = 32;

float boosted(float encoded) {
  const float linear = rgb::extended_decoded(encoded);
  return rgb::extended_encoded(std::copysign(std::sqrt(std::abs(linear)), linear));
}

float unboosted(float encoded) {
  const float linear = rgb::extended_decoded(encoded);
  return rgb::extended_encoded(linear * std::abs(linear));
}

}  // namespace

Status pack_picture(const PictureSource& source, const rgb::GamutGuard& guard, WideGamut gamut,
                    bool boost, const Rect& tile, TensorView planes) {
  LATENT_TRY(auto pixels, Image<float>::create({tile.width, kBandRows}, 3));
  for (int top = 0; top < tile.height; top += kBandRows) {
    const int rows = std::min(kBandRows, tile.height - top);
    const auto seen = pixels.view().crop({0, 0, tile.width, rows});
    source.encoded_rgb({tile.x, tile.y + top, tile.width, rows}, gamut, seen);
    const std::size_t count = static_cast<std::size_t>(seen.size().area()) * 3;
    if (boost) std::transform(seen.data(), seen.data() + count, seen.data(), boosted);
    guard.bend(seen.data(), seen.data(), count);
    const std::size_t first = static_cast<std::size_t>(top) * static_cast<std::size_t>(tile.width);
    for (int c = 0; c < 3; ++c) {
      float* to = planes.plane(c).data() + first;
      for (std::size_t i = 0; i < count / 3; ++i)
        to[i] = seen.data()[3 * i + static_cast<std::size_t>(c)];
    }
  }
  return {};
}

void become_residual(const float* bent, float* answer, bool boost, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    answer[i] = bent[i] - (boost ? unboosted(answer[i]) : answer[i]);
  }
}

}  // namespace latent::tasks
