// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/membrane.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/threads.h"

namespace latent::fill {

namespace {

constexpr std::uint8_t kFixed = 0;
constexpr std::uint8_t kFree = 1;
constexpr std::uint8_t kOutside = 2;
constexpr int kShortest = 4;
constexpr int kSweeps = 24;
constexpr int kCoarsestSweeps = 200;
constexpr float kOverRelaxation = 1.7F;

constexpr std::uint8_t kLeft = 1;
constexpr std::uint8_t kRight = 2;
constexpr std::uint8_t kAbove = 4;
constexpr std::uint8_t kBelow = 8;
constexpr std::uint8_t kAllAround = kLeft | kRight | kAbove | kBelow;

/// Which neighbours a free pixel follows, [h, w]; 0 for pixels that are not free.
Result<Image<std::uint8_t>> neighbours_of(ImageView<const std::uint8_t> free, int threads) {
  LATENT_TRY(auto neighbours, Image<std::uint8_t>::create(free.size()));
  LATENT_CHECK(for_row_parts(free.height(), threads, [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      for (int x = 0; x < free.width(); ++x) {
        if (free.at(x, y) != kFree) continue;
        int sides = 0;
        if (x > 0 && free.at(x - 1, y) != kOutside) sides |= kLeft;
        if (x + 1 < free.width() && free.at(x + 1, y) != kOutside) sides |= kRight;
        if (y > 0 && free.at(x, y - 1) != kOutside) sides |= kAbove;
        if (y + 1 < free.height() && free.at(x, y + 1) != kOutside) sides |= kBelow;
        neighbours.view().at(x, y) = static_cast<std::uint8_t>(sides);
      }
    }
  }));
  return neighbours;
}

/// The mean of the neighbours that a pixel follows, where some are missing.
template <int Channels>
std::array<float, Channels> mean_around(const float* here, std::ptrdiff_t stride, int sides) {
  std::array<float, Channels> sum{};
  float count = 0;
  const auto add = [&](int side, std::ptrdiff_t step) {
    if ((sides & side) == 0) return;
    for (std::size_t c = 0; c < Channels; ++c)
      sum[c] += here[step + static_cast<std::ptrdiff_t>(c)];
    count += 1;
  };
  add(kLeft, -Channels);
  add(kRight, Channels);
  add(kAbove, -stride);
  add(kBelow, stride);
  for (float& value : sum) value /= count;
  return sum;
}

/// One colour of the chequerboard over rows [first, last): its pixels depend on the other colour's
/// alone, so that rows may be shared out among threads.
template <int Channels>
void sweep(ImageView<float> values, ImageView<const std::uint8_t> neighbours, int colour, int first,
           int last) {
  const std::ptrdiff_t stride = values.stride();
  for (int y = first; y < last; ++y) {
    const std::uint8_t* sides = neighbours.row(y).data();
    float* row = values.row(y).data();
    for (int x = (y + colour) & 1; x < values.width(); x += 2) {
      if (sides[x] == 0) continue;
      float* here = row + std::ptrdiff_t{x} * Channels;
      if (sides[x] == kAllAround) {
        for (std::ptrdiff_t c = 0; c < Channels; ++c) {
          const float wanted = 0.25F * (here[c - Channels] + here[c + Channels] + here[c - stride] +
                                        here[c + stride]);
          here[c] += kOverRelaxation * (wanted - here[c]);
        }
        continue;
      }
      const auto wanted = mean_around<Channels>(here, stride, sides[x]);
      for (std::size_t c = 0; c < Channels; ++c) here[c] += kOverRelaxation * (wanted[c] - here[c]);
    }
  }
}

template <int Channels>
Status relax_channels(ImageView<float> values, ImageView<const std::uint8_t> neighbours, int sweeps,
                      int threads) {
  for (int i = 0; i < sweeps; ++i) {
    for (const int colour : {0, 1}) {
      LATENT_CHECK(for_row_parts(values.height(), threads, [&](int first, int last) {
        sweep<Channels>(values, neighbours, colour, first, last);
      }));
    }
  }
  return {};
}

Status relax(ImageView<float> values, ImageView<const std::uint8_t> free, int sweeps, int threads) {
  LATENT_TRY(const auto neighbours, neighbours_of(free, threads));
  switch (values.channels()) {
    case 1:
      return relax_channels<1>(values, neighbours.view(), sweeps, threads);
    case 2:
      return relax_channels<2>(values, neighbours.view(), sweeps, threads);
    case 3:
      return relax_channels<3>(values, neighbours.view(), sweeps, threads);
    default:
      return relax_channels<4>(values, neighbours.view(), sweeps, threads);
  }
}

struct Coarse {
  Image<float> values;
  Image<std::uint8_t> free;
};

/// Fixed where one of the four is: its value is their mean.
Result<Coarse> halved(ImageView<const float> values, ImageView<const std::uint8_t> free) {
  const Size size{(values.width() + 1) / 2, (values.height() + 1) / 2};
  Coarse coarse;
  LATENT_TRY(coarse.values, Image<float>::create(size, values.channels()));
  LATENT_TRY(coarse.free, Image<std::uint8_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      float weight = 0;
      bool any_free = false;
      float* to = &coarse.values.view().at(x, y);
      for (int i = 0; i < 4; ++i) {
        const int fx = 2 * x + (i & 1);
        const int fy = 2 * y + (i >> 1);
        if (fx >= values.width() || fy >= values.height()) continue;
        any_free = any_free || free.at(fx, fy) == kFree;
        if (free.at(fx, fy) != kFixed) continue;
        for (int c = 0; c < values.channels(); ++c) to[c] += values.at(fx, fy, c);
        weight += 1;
      }
      for (int c = 0; c < values.channels() && weight > 0; ++c) to[c] /= weight;
      coarse.free.view().at(x, y) = weight > 0 ? kFixed : any_free ? kFree : kOutside;
    }
  }
  return coarse;
}

/// Bilinear between the centres of coarse pixels.
void enlarge(ImageView<const float> coarse, ImageView<const std::uint8_t> coarse_free,
             ImageView<float> values, ImageView<const std::uint8_t> free) {
  for (int y = 0; y < values.height(); ++y) {
    for (int x = 0; x < values.width(); ++x) {
      if (free.at(x, y) != kFree) continue;
      float* to = &values.at(x, y);
      std::fill_n(to, values.channels(), 0.0F);
      float weight = 0;
      for (int i = 0; i < 4; ++i) {
        const int sx = (x & 1) != 0 ? 1 : -1;
        const int sy = (y & 1) != 0 ? 1 : -1;
        const int cx = std::clamp(x / 2 + ((i & 1) != 0 ? sx : 0), 0, coarse.width() - 1);
        const int cy = std::clamp(y / 2 + ((i & 2) != 0 ? sy : 0), 0, coarse.height() - 1);
        if (coarse_free.at(cx, cy) == kOutside) continue;
        const float share = ((i & 1) != 0 ? 0.25F : 0.75F) * ((i & 2) != 0 ? 0.25F : 0.75F);
        for (int c = 0; c < values.channels(); ++c) to[c] += share * coarse.at(cx, cy, c);
        weight += share;
      }
      for (int c = 0; c < values.channels() && weight > 0; ++c) to[c] /= weight;
    }
  }
}

bool any(ImageView<const std::uint8_t> free, std::uint8_t kind) {
  for (int y = 0; y < free.height(); ++y) {
    if (std::ranges::find(free.row(y), kind) != free.row(y).end()) return true;
  }
  return false;
}

}  // namespace

Status fill_membrane(ImageView<float> values, ImageView<const std::uint8_t> free, int threads) {
  LATENT_ENSURE(values.size() == free.size() && values.channels() <= 4);
  if (!any(free, kFree)) return {};
  const bool coarsest = std::min(values.width(), values.height()) / 2 < kShortest;
  if (coarsest) return relax(values, free, kCoarsestSweeps, threads);
  LATENT_TRY(Coarse coarse, halved(values, free));
  LATENT_CHECK(fill_membrane(coarse.values.view(), coarse.free.view(), threads));
  enlarge(coarse.values.view(), coarse.free.view(), values, free);
  return relax(values, free, kSweeps, threads);
}

}  // namespace latent::fill
