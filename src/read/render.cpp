// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/render.h"

#include <fmt/format.h>
#include <libraw/libraw.h>

#include <algorithm>
#include <cmath>

#include "read/area_average.h"
#include "read/byte_source.h"
#include "read/dng_file.h"
#include "read/libraw_develop.h"
#include "read/libraw_file.h"
#include "read/named_error.h"
#include "read/sniff.h"

namespace latent::read {

namespace {

constexpr int kBorder = 24;  // around a region, so that its edge is demosaiced like its middle

/// The wanted part, and what of it LibRaw is asked for, both from the corner of LibRaw's visible
/// area.
struct Plan {
  Rect wanted;
  Rect decoded;
  bool half_size = false;
  double stretch_x = 1;  ///< by LibRaw, where pixels are no squares
  double stretch_y = 1;
};

Size scaled_to(Size size, int longest_side) {
  const int longest = std::max(size.width, size.height);
  if (longest_side <= 0 || longest <= longest_side) return size;
  const double factor = static_cast<double>(longest_side) / longest;
  const auto side = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(length * factor)));
  };
  return {side(size.width), side(size.height)};
}

/// `crop` is what the maker shows, in buffer coordinates; `aspect` the width of a pixel over its
/// height.
Result<Plan> plan_of(LibRaw& raw, const Rect& crop, double aspect, const RenderOptions& options) {
  const auto& sizes = raw.imgdata.sizes;
  const Rect visible{0, 0, sizes.width, sizes.height};
  Plan plan;
  if (raw.is_fuji_rotated() != 0) {
    if (options.region) {
      return fail(ErrorCode::Usage,
                  "has a Super-CCD sensor, of which no region can be rendered; render it whole");
    }
    plan.wanted = visible;
    plan.decoded = visible;
    return plan;
  }
  constexpr double kSquare = 0.005;  // LibRaw's own bound
  if (aspect < 1 - kSquare) plan.stretch_y = 1 / aspect;
  if (aspect > 1 + kSquare) plan.stretch_x = aspect;
  Rect wanted = crop;
  if (options.region) {
    const Rect region = *options.region;
    if (region.empty() || !Rect{0, 0, crop.width, crop.height}.contains(region)) {
      return fail(
          ErrorCode::Usage,
          fmt::format("has {} x {} pixels, and the region {},{},{},{} is not inside", crop.width,
                      crop.height, region.x, region.y, region.width, region.height));
    }
    wanted = {crop.x + region.x, crop.y + region.y, region.width, region.height};
  }
  wanted.x -= sizes.left_margin;
  wanted.y -= sizes.top_margin;
  plan.wanted = wanted.intersection(visible);
  if (plan.wanted.empty()) plan.wanted = visible;
  const int longest = std::max(plan.wanted.width, plan.wanted.height);
  plan.half_size = options.longest_side_px > 0 && longest >= 2 * options.longest_side_px;
  constexpr int kPeriod = 12;  // keeps the phase of every pattern, halved too
  const int x = std::max(0, plan.wanted.x - kBorder) / kPeriod * kPeriod;
  const int y = std::max(0, plan.wanted.y - kBorder) / kPeriod * kPeriod;
  plan.decoded = Rect{x, y, plan.wanted.right() + kBorder - x, plan.wanted.bottom() + kBorder - y}
                     .intersection(visible);
  return plan;
}

void configure(LibRaw& raw, const Plan& plan, int bits) {
  configure_libraw(raw, {plan.decoded, plan.half_size, true});
  auto& params = raw.imgdata.params;
  params.output_color = 1;  // sRGB
  params.output_bps = bits;
  params.gamm[0] = 1 / 2.4;
  params.gamm[1] = 12.92;
}

template <class T>
Result<Image<T>> copy_picture(LibRaw& raw, const Limits& limits) {
  int width = 0;
  int height = 0;
  int channels = 0;
  int bits = 0;
  raw.get_mem_image_format(&width, &height, &channels, &bits);
  if ((channels != 1 && channels != 3) || bits != 8 * static_cast<int>(sizeof(T))) {
    return fail(ErrorCode::Unsupported, "has more colours than a rendering can show");
  }
  LATENT_TRY(Image<T> picture, Image<T>::create({width, height}, channels, limits));
  const int stride = width * channels * static_cast<int>(sizeof(T));
  LATENT_CHECK(check_libraw(raw.copy_mem_image(picture.view().data(), stride, 0), "rendering"));
  if (channels == 3) return picture;
  LATENT_TRY(Image<T> grey, Image<T>::create({width, height}, 3, limits));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) grey.view().at(x, y, c) = picture.view().at(x, y);
    }
  }
  return grey;
}

/// Where `inner`, part of `outer`, lies after LibRaw has turned the picture upright.
Rect turned(Rect inner, Size outer, int flip) {
  if ((flip & 1) != 0) inner.x = outer.width - inner.right();
  if ((flip & 2) != 0) inner.y = outer.height - inner.bottom();
  if ((flip & 4) != 0) return {inner.y, inner.x, inner.height, inner.width};
  return inner;
}

template <class T>
Result<Image<T>> cut_and_scale(Image<T>&& picture, const Plan& plan, int flip, int longest_side,
                               const Limits& limits) {
  const double divisor = plan.half_size ? 2 : 1;
  const auto developed = [&](const Rect& area) {
    const auto across = [&](int x) { return static_cast<int>(x * plan.stretch_x / divisor); };
    const auto down = [&](int y) { return static_cast<int>(y * plan.stretch_y / divisor); };
    return Rect{across(area.x), down(area.y), std::max(1, across(area.width)),
                std::max(1, down(area.height))};
  };
  const Size upright = picture.size();
  const bool swapped = (flip & 4) != 0;
  const Size outer = swapped ? Size{upright.height, upright.width} : upright;
  const Rect inner = developed({plan.wanted.x - plan.decoded.x, plan.wanted.y - plan.decoded.y,
                                plan.wanted.width, plan.wanted.height});
  const Rect part = turned(inner.intersection({0, 0, outer.width, outer.height}), outer, flip);
  const ImageView<const T> view = std::as_const(picture).view().crop(part);
  return area_average<T>(view, scaled_to(part.size(), longest_side), limits);
}

template <class T>
Result<Image<T>> render(const std::filesystem::path& path, const RenderOptions& options,
                        const Sniffed& sniffed, const Limits& limits) {
  LATENT_CHECK(refuse_other_kinds(sniffed));
  LATENT_TRY(const auto source, open_bytes(path));
  LATENT_TRY(const auto dng, read_dng(*source, limits));
  LATENT_TRY(const LibRawHandle raw, open_libraw(*source, sniffed, limits));
  LATENT_TRY(const RawFacts facts, libraw_facts(*raw));
  LATENT_TRY(const Plan plan,
             plan_of(*raw, dng ? dng->facts.crop : facts.crop, facts.pixel_aspect, options));
  LATENT_CHECK(unpack_libraw(*raw, {}));
  if (dng) LATENT_CHECK(replace_samples(*raw, *source, *dng, limits));
  configure(*raw, plan, 8 * static_cast<int>(sizeof(T)));
  LATENT_CHECK(develop_libraw(*raw));
  LATENT_TRY(Image<T> picture, copy_picture<T>(*raw, limits));
  return cut_and_scale<T>(std::move(picture), plan, raw->imgdata.sizes.flip,
                          options.longest_side_px, limits);
}

}  // namespace

template <class T>
Result<Image<T>> render_neutral(const std::filesystem::path& path, const RenderOptions& options,
                                const Limits& limits) {
  LATENT_TRY(const Sniffed sniffed, sniff(path));
  return named(path, [&] { return render<T>(path, options, sniffed, limits); });
}

template Result<Image<std::uint8_t>> render_neutral(const std::filesystem::path&,
                                                    const RenderOptions&, const Limits&);
template Result<Image<std::uint16_t>> render_neutral(const std::filesystem::path&,
                                                     const RenderOptions&, const Limits&);

}  // namespace latent::read
