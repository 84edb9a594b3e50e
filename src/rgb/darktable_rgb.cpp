// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/darktable_rgb.h"

#include <algorithm>
#include <cmath>

namespace latent::rgb {
namespace {

// ITU-R BT.2087: BT.2020 and BT.709 with the same white, linear.
constexpr std::array<float, 9> kRec2020ToSrgb{1.660491002F,  -0.587641139F, -0.072849863F,
                                              -0.124550475F, 1.132899897F,  -0.008349423F,
                                              -0.018150763F, -0.100578898F, 1.118729661F};
constexpr std::array<float, 9> kSrgbToRec2020{0.627403896F, 0.329283038F, 0.043313066F,
                                              0.069097289F, 0.919540395F, 0.011362316F,
                                              0.016391439F, 0.088013308F, 0.895595253F};
constexpr float kDarkLuma = 0.005F;
constexpr int kDarkGrid = 16;
constexpr float kGamutSlack = 0.01F;
constexpr int kWindow = 2;  ///< pixels around: 5 x 5

Pixel multiplied(const std::array<float, 9>& m, const Pixel& v) {
  return {m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
          m[6] * v[0] + m[7] * v[1] + m[8] * v[2]};
}

float luma_of(const Pixel& rgb) { return 0.2126F * rgb[0] + 0.7152F * rgb[1] + 0.0722F * rgb[2]; }

}  // namespace

float darktable_encoded(float linear) {
  if (!(linear > 0.0F)) return 0.0F;
  if (linear <= 0.0031308F) return 12.92F * linear;
  return 1.055F * std::pow(linear, 1.0F / 2.4F) - 0.055F;
}

float darktable_decoded(float encoded) {
  if (!(encoded > 0.0F)) return 0.0F;
  if (encoded <= 0.04045F) return encoded / 12.92F;
  return std::pow((encoded + 0.055F) / 1.055F, 2.4F);
}

float extended_decoded(float encoded) {
  return std::copysign(darktable_decoded(std::abs(encoded)), encoded);
}

float extended_encoded(float linear) {
  return std::copysign(darktable_encoded(std::abs(linear)), linear);
}

Pixel rec2020_of(const Pixel& srgb) { return multiplied(kSrgbToRec2020, srgb); }
Pixel srgb_of(const Pixel& rec2020) { return multiplied(kRec2020ToSrgb, rec2020); }

bool is_dark(Size picture, const LinearPixel& pixel) {
  std::int64_t dark = 0;
  std::int64_t all = 0;
  for (int y = 0; y < picture.height; y += kDarkGrid) {
    for (int x = 0; x < picture.width; x += kDarkGrid) {
      dark += luma_of(rec2020_of(pixel(x, y))) < kDarkLuma ? 1 : 0;
      ++all;
    }
  }
  return all > 0 && 10 * dark >= all;
}

int DarktablePicture::columns() const {
  const int step = contract_.tile - 2 * contract_.overlap;
  return (size_.width + step - 1) / step;
}

int DarktablePicture::rows() const {
  const int step = contract_.tile - 2 * contract_.overlap;
  return (size_.height + step - 1) / step;
}

Rect DarktablePicture::tile_at(int index) const {
  const int step = contract_.tile - 2 * contract_.overlap;
  return {index % columns() * step - contract_.overlap,
          index / columns() * step - contract_.overlap, contract_.tile, contract_.tile};
}

Rect DarktablePicture::core(int index) const {
  const int step = contract_.tile - 2 * contract_.overlap;
  return Rect{index % columns() * step, index / columns() * step, step, step}.intersection(
      {0, 0, size_.width, size_.height});
}

Pixel DarktablePicture::source_at(int x, int y) const {
  return pixel_(mirror_index(x, size_.width), mirror_index(y, size_.height));
}

bool DarktablePicture::is_inside(const Pixel& srgb) const {
  return std::ranges::all_of(
      srgb, [](float sample) { return sample >= -kGamutSlack && sample <= 1.0F + kGamutSlack; });
}

void DarktablePicture::pack(int index, TensorView planes) const {
  const Rect tile = tile_at(index);
  std::size_t at = 0;
  for (int y = tile.y; y < tile.bottom(); ++y) {
    for (int x = tile.x; x < tile.right(); ++x, ++at) {
      const Pixel srgb = source_at(x, y);
      for (int c = 0; c < 3; ++c) {
        float sample = srgb[static_cast<std::size_t>(c)];
        if (contract_.boost) sample = std::sqrt(std::max(sample, 0.0F));
        planes.plane(c)[at] = darktable_encoded(std::min(sample, 1.0F));
      }
    }
  }
}

Pixel DarktablePicture::answered(ConstTensorView answer, std::size_t at) const {
  Pixel srgb{};
  for (int c = 0; c < 3; ++c) {
    float sample = darktable_decoded(answer.plane(c)[at]);
    if (contract_.boost) sample *= sample;
    srgb[static_cast<std::size_t>(c)] = sample;
  }
  return rec2020_of(srgb);
}

/// A colour that sRGB does not hold: the source's, as light as what was denoised around it.
Pixel DarktablePicture::gone_around(const Rect& tile, int x, int y, ConstTensorView answer) const {
  const Pixel source = rec2020_of(source_at(x, y));
  double sum = 0;
  int count = 0;
  for (int j = y - kWindow; j <= y + kWindow; ++j) {
    for (int i = x - kWindow; i <= x + kWindow; ++i) {
      const bool in_tile = i >= tile.x && i < tile.right() && j >= tile.y && j < tile.bottom();
      if (!in_tile || !is_inside(source_at(i, j))) continue;
      const std::size_t at =
          static_cast<std::size_t>(j - tile.y) * static_cast<std::size_t>(tile.width) +
          static_cast<std::size_t>(i - tile.x);
      sum += double{luma_of(answered(answer, at))};
      ++count;
    }
  }
  if (count == 0) return source;
  const float shift = static_cast<float>(sum / count) - luma_of(source);
  return {source[0] + shift, source[1] + shift, source[2] + shift};
}

void DarktablePicture::unpack(int index, ConstTensorView answer, ImageView<float> out) const {
  const Rect tile = tile_at(index);
  const Rect part = core(index);
  const int scale = contract_.scale;
  const bool guarded = contract_.preserve_gamut && scale == 1;
  const auto side = static_cast<std::size_t>(tile.width * scale);
  for (int y = 0; y < part.height * scale; ++y) {
    float* to = out.row(y).data();
    for (int x = 0; x < part.width * scale; ++x, to += 3) {
      const std::size_t at = static_cast<std::size_t>((part.y - tile.y) * scale + y) * side +
                             static_cast<std::size_t>((part.x - tile.x) * scale + x);
      const bool around = guarded && !is_inside(source_at(part.x + x, part.y + y));
      const Pixel pixel =
          around ? gone_around(tile, part.x + x, part.y + y, answer) : answered(answer, at);
      std::ranges::copy(pixel, to);
    }
  }
}

}  // namespace latent::rgb
