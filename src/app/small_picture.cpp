// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/small_picture.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "metadata/placed_fields.h"
#include "tasks/picture/source.h"
#include "write/picture/picture.h"

namespace latent::app {

namespace {

/// The mean of each square of `factor` pixels, as bytes of sRGB, not turned.
Result<Image<std::uint8_t>> reduced(const tasks::PictureSource& source, int factor) {
  const Size small{std::max(1, source.size().width / factor),
                   std::max(1, source.size().height / factor)};
  LATENT_TRY(auto result, Image<std::uint8_t>::create(small, 3));
  const Size band{std::min(small.width * factor, source.size().width),
                  std::min(factor, source.size().height)};
  LATENT_TRY(auto rows, Image<float>::create(band, 3));
  for (int y = 0; y < small.height; ++y) {
    source.encoded_rgb({0, y * factor, band.width, band.height}, tasks::WideGamut::Clip,
                       rows.view());
    for (int x = 0; x < small.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        float sum = 0;
        int count = 0;
        for (int inner = 0; inner < band.height; ++inner) {
          for (int at = x * factor; at < std::min((x + 1) * factor, band.width); ++at, ++count) {
            sum += rows.view().at(at, inner, c);
          }
        }
        const float mean = std::clamp(sum / static_cast<float>(count), 0.0F, 1.0F);
        result.view().at(x, y, c) = static_cast<std::uint8_t>(std::lround(mean * 255.0F));
      }
    }
  }
  return result;
}

Result<Image<std::uint8_t>> upright(Image<std::uint8_t> stored, Orientation turn) {
  if (turn == 1) return stored;
  const Size size = stored.size();
  const Rect whole{0, 0, size.width, size.height};
  LATENT_TRY(auto result,
             Image<std::uint8_t>::create(metadata::turned(whole, size, turn).size(), 3));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const Rect at = metadata::turned({x, y, 1, 1}, size, turn);
      for (int c = 0; c < 3; ++c) result.view().at(at.x, at.y, c) = stored.view().at(x, y, c);
    }
  }
  return result;
}

}  // namespace

Status write_small_picture(const std::filesystem::path& source, const std::filesystem::path& target,
                           int longest_side_px, const Limits& limits) {
  LATENT_TRY(const auto photograph, read::Photograph::open(source, limits));
  LATENT_TRY(const auto picture, tasks::PictureSource::open(photograph, {}));
  const int longest = std::max(picture.size().width, picture.size().height);
  const int factor = std::max(1, (longest + longest_side_px - 1) / longest_side_px);
  LATENT_TRY(auto stored, reduced(picture, factor));
  LATENT_TRY(const auto small, upright(std::move(stored), picture.picture().orientation));
  write::PictureOptions options;
  options.overwrite = Overwrite::Replace;
  options.access = FileAccess::of(source);
  return write::write_jpeg(target, small.view(), options);
}

}  // namespace latent::app
