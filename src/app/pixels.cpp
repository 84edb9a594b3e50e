// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pixels.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <variant>
#include <vector>

#include "colour/profile.h"
#include "colour/transform.h"

namespace latent::app {

namespace {

constexpr float kBytes = 255.0F;

std::uint8_t byte_of(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * kBytes));
}

template <class T>
float fraction_of(T sample) {
  if constexpr (std::is_same_v<T, std::uint8_t>) return static_cast<float>(sample) / kBytes;
  if constexpr (std::is_same_v<T, std::uint16_t>) return static_cast<float>(sample) / 65535.0F;
  return static_cast<float>(sample);
}

template <class T>
void convert_row(std::span<const T> in, int channels, int colours,
                 const colour::Transform& transform, std::vector<float>& samples,
                 std::span<std::uint8_t> out) {
  const std::size_t pixels = out.size() / 3;
  for (std::size_t i = 0; i < pixels; ++i) {
    const std::size_t at = i * static_cast<std::size_t>(channels);
    const bool has_alpha = channels > colours;
    const float cover =
        has_alpha ? std::clamp(fraction_of(in[at + static_cast<std::size_t>(colours)]), 0.F, 1.F)
                  : 1.0F;
    for (std::size_t c = 0; c < static_cast<std::size_t>(colours); ++c) {
      samples[i * static_cast<std::size_t>(colours) + c] = fraction_of(in[at + c]) * cover;
    }
  }
  std::vector<float> rgb(pixels * 3);
  transform.apply(samples.data(), rgb.data(), pixels);
  std::ranges::transform(rgb, out.begin(), byte_of);
}

}  // namespace

Status to_srgb(ImageView<std::uint8_t> pixels, std::span<const std::uint8_t> icc) {
  if (icc.empty()) return {};
  const auto profile = colour::Profile::from_icc(icc);
  if (!profile || profile->channels() != 3) return {};
  LATENT_TRY(
      const auto transform,
      colour::Transform::create(*profile, colour::Profile::named(colour::NamedProfile::Srgb)));
  if (transform.is_identity()) return {};
  std::vector<float> row(static_cast<std::size_t>(pixels.width()) * 3);
  for (int y = 0; y < pixels.height(); ++y) {
    const auto bytes = pixels.row(y);
    std::ranges::transform(bytes, row.begin(), fraction_of<std::uint8_t>);
    transform.apply(row.data(), row.data(), static_cast<std::size_t>(pixels.width()));
    std::ranges::transform(row, bytes.begin(), byte_of);
  }
  return {};
}

Result<Image<std::uint8_t>> srgb_pixels(const Picture& picture) {
  LATENT_TRY(const auto profile, colour::Profile::from_icc(picture.icc));
  LATENT_TRY(
      const auto transform,
      colour::Transform::create(profile, colour::Profile::named(colour::NamedProfile::Srgb)));
  LATENT_TRY(auto pixels, Image<std::uint8_t>::create(picture.size(), 3));
  std::vector<float> samples(static_cast<std::size_t>(picture.size().width) *
                             static_cast<std::size_t>(picture.colours));
  std::visit(
      [&](const auto& image) {
        for (int y = 0; y < image.height(); ++y) {
          convert_row(image.view().row(y), picture.channels(), picture.colours, transform, samples,
                      pixels.view().row(y));
        }
      },
      picture.samples);
  return pixels;
}

void round_to_bytes(ImageView<const float> in, ImageView<std::uint8_t> out) {
  for (int y = 0; y < in.height(); ++y) {
    std::ranges::transform(in.row(y), out.row(y).begin(), byte_of);
  }
}

Result<Image<std::uint8_t>> turned_upright(Image<std::uint8_t> pixels, int orientation) {
  constexpr int kFirstTransposed = 5;
  if (orientation <= 1 || orientation > 8) return pixels;
  const Size from = pixels.size();
  const bool transposed = orientation >= kFirstTransposed;
  const Size to = transposed ? Size{from.height, from.width} : from;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 ||
                          orientation == 8;  // of the source's columns
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  LATENT_TRY(auto turned, Image<std::uint8_t>::create(to, 3));
  const auto in = std::as_const(pixels).view();
  const auto out = turned.view();
  for (int y = 0; y < to.height; ++y) {
    for (int x = 0; x < to.width; ++x) {
      int column = transposed ? y : x;
      int row = transposed ? x : y;
      if (from_right) column = from.width - 1 - column;
      if (from_bottom) row = from.height - 1 - row;
      for (int c = 0; c < 3; ++c) out.at(x, y, c) = in.at(column, row, c);
    }
  }
  return turned;
}

}  // namespace latent::app
