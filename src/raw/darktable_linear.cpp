// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/darktable_linear.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "raw/darktable_bayer.h"

namespace latent::raw {
namespace {

constexpr double kDarkest = 1e-4;  ///< below this mean nothing is brightened
constexpr double kMostBoost = 100.0;

std::array<float, 3> multiplied(const std::array<float, 9>& m, const std::array<float, 3>& v) {
  return {m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
          m[6] * v[0] + m[7] * v[1] + m[8] * v[2]};
}

double mean_of(const LinearSpace& space) {
  const Size size = space.picture().samples.size();
  double sum = 0;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto pixel = space.at(x, y);
      sum += double{pixel[0]} + double{pixel[1]} + double{pixel[2]};
    }
  }
  return sum / (3.0 * static_cast<double>(std::max<std::int64_t>(1, size.area())));
}

}  // namespace

LinearSpace::LinearSpace(const LinearRaw& picture, const LinearContract& contract)
    : picture_(&picture), black_(picture.black) {
  for (std::size_t c = 0; c < 3; ++c) {
    const float range = picture.white[c] - picture.black[c];
    scale_[c] = range > 0 ? 1.0F / range : 1.0F;
    for (std::size_t i = 0; i < 3; ++i) {
      forward_[3 * i + c] =
          static_cast<float>(contract.matrices.to_space[3 * i + c] * contract.balance[c]);
    }
  }
  if (contract.target_mean) {
    const double mean = mean_of(*this);
    if (mean > kDarkest) boost_ = std::clamp(*contract.target_mean / mean, 1.0, kMostBoost);
  }
  for (float& entry : forward_) entry *= static_cast<float>(boost_);
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < 3; ++i) {
      back_[3 * c + i] = static_cast<float>(contract.matrices.to_camera[3 * c + i] /
                                            (boost_ * contract.balance[c]));
    }
  }
}

std::array<float, 3> LinearSpace::at(int x, int y) const {
  const std::uint16_t* sample = &picture_->samples.view().at(x, y);
  std::array<float, 3> camera{};
  for (std::size_t c = 0; c < 3; ++c) {
    camera[c] = (static_cast<float>(sample[c]) - black_[c]) * scale_[c];
  }
  return multiplied(forward_, camera);
}

std::array<float, 3> LinearSpace::camera_of(const std::array<float, 3>& pixel) const {
  return multiplied(back_, pixel);
}

void LinearSpace::pack(const Rect& tile, TensorView planes) const {
  const Size size = picture_->samples.size();
  std::size_t at_plane = 0;
  for (int row = 0; row < tile.height; ++row) {
    const int y = mirror_index(tile.y + row, size.height);
    for (int column = 0; column < tile.width; ++column, ++at_plane) {
      const auto pixel = at(mirror_index(tile.x + column, size.width), y);
      for (int c = 0; c < 3; ++c) planes.plane(c)[at_plane] = pixel[static_cast<std::size_t>(c)];
    }
  }
}

Result<DarktableLinear> DarktableLinear::create(const LinearSpace& space,
                                                const LinearContract& contract, double strength) {
  DarktableLinear made(space, contract, strength);
  const Size size = space.picture().samples.size();
  LATENT_TRY(made.strip_,
             SeamStrip::create(size, contract.tile - 2 * contract.overlap, contract.overlap, 3));
  LATENT_TRY(made.result_, Image<std::uint16_t>::create(size, 3));
  return made;
}

Rect DarktableLinear::tile_at(int index) const {
  const int step = contract_.tile - 2 * contract_.overlap;
  const int columns = strip_.columns();
  return {index % columns * step - contract_.overlap, index / columns * step - contract_.overlap,
          contract_.tile, contract_.tile};
}

void DarktableLinear::pack(int index, TensorView planes) const {
  space_->pack(tile_at(index), planes);
}

Status DarktableLinear::add(int index, ConstTensorView input, ConstTensorView output) {
  const auto gain =
      contract_.match_gain
          ? static_cast<float>(darktable_gain(raw::mean_of(input), raw::mean_of(output), 1e-8))
          : 1.0F;
  const Rect tile = tile_at(index);
  const int columns = strip_.columns();
  strip_.add(index / columns, index % columns, [&](int y, int first, int last, float* samples) {
    for (int x = first; x < last; ++x) {
      const std::size_t at =
          static_cast<std::size_t>(y - tile.y) * static_cast<std::size_t>(tile.width) +
          static_cast<std::size_t>(x - tile.x);
      const auto source = space_->at(x, y);
      for (int c = 0; c < 3; ++c) {
        *samples++ = strength_ * output.plane(c)[at] * gain +
                     (1.0F - strength_) * source[static_cast<std::size_t>(c)];
      }
    }
  });
  if (index % columns + 1 < columns) return {};
  return strip_.finish_row(
      index / columns, [&](int first_row, ImageView<const float> rows) -> Status {
        for (int y = 0; y < rows.height(); ++y) {
          const float* from = rows.row(y).data();
          std::uint16_t* to = result_.view().row(first_row + y).data();
          for (int x = 0; x < rows.width(); ++x, from += 3) {
            for (const float value : space_->camera_of({from[0], from[1], from[2]})) {
              *to++ = static_cast<std::uint16_t>(
                  static_cast<std::int32_t>(std::clamp(value, 0.0F, 1.0F) * 65535.0F + 0.5F));
            }
          }
        }
        return {};
      });
}

}  // namespace latent::raw
