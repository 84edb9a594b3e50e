// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/small_picture.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "app/pixels.h"
#include "read/photograph.h"
#include "read/picture/area_average.h"
#include "write/picture/picture.h"

namespace latent::app {

namespace {

Result<Image<std::uint8_t>> shrunk(Image<std::uint8_t> pixels, int longest_side_px) {
  const int longest = std::max(pixels.width(), pixels.height());
  if (longest <= longest_side_px) return pixels;
  const auto side = [&](int length) {
    return std::max(1, static_cast<int>(std::int64_t{length} * longest_side_px / longest));
  };
  return read::area_average<std::uint8_t>(std::as_const(pixels).view(),
                                          {side(pixels.width()), side(pixels.height())}, {});
}

Result<Image<std::uint8_t>> of_jpeg(Result<read::SmallJpeg> small, int side, int orientation) {
  if (!small) return tl::make_unexpected(std::move(small).error());
  LATENT_CHECK(to_srgb(small->pixels.view(), small->icc));
  LATENT_TRY(auto pixels, shrunk(std::move(small->pixels), side));
  return turned_upright(std::move(pixels), orientation);
}

Result<Image<std::uint8_t>> of_raw(const read::Photograph& photograph, int side, RawLook look) {
  if (look == RawLook::Embedded) {
    const auto embedded = photograph.embedded_preview();
    if (embedded && *embedded) {
      auto pixels = of_jpeg(read::small_jpeg((*embedded)->jpeg, side, photograph.limits()), side,
                            photograph.orientation());
      if (pixels) return pixels;
    }
  }
  return photograph.rendering<std::uint8_t>({.region = {}, .longest_side_px = side});
}

}  // namespace

Result<Image<std::uint8_t>> small_picture(const std::filesystem::path& file, int longest_side_px,
                                          RawLook raw, const Limits& limits,
                                          const RunControl& control) {
  LATENT_TRY(const auto photograph, read::Photograph::open(file, limits));
  if (photograph.is_raw()) return of_raw(photograph, longest_side_px, raw);
  if (std::get<read::PictureFacts>(photograph.facts()).format == "JPEG") {
    auto pixels =
        of_jpeg(photograph.small_jpeg(longest_side_px), longest_side_px, photograph.orientation());
    if (pixels) return pixels;
  }
  LATENT_TRY(const Picture picture, photograph.picture(control));
  LATENT_TRY(auto pixels, srgb_pixels(picture));
  LATENT_TRY(pixels, shrunk(std::move(pixels), longest_side_px));
  return turned_upright(std::move(pixels), photograph.orientation());
}

Status write_small_picture(const std::filesystem::path& source, const std::filesystem::path& target,
                           int longest_side_px, const Limits& limits) {
  LATENT_TRY(const auto small, small_picture(source, longest_side_px, RawLook::Developed, limits));
  write::PictureOptions options;
  options.overwrite = Overwrite::Replace;
  options.access = FileAccess::of(source);
  return write::write_jpeg(target, small.view(), options);
}

}  // namespace latent::app
