// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/render.h"

#include <fmt/format.h>
#include <libraw/libraw.h>

#include <algorithm>
#include <cmath>

#include "read/libraw/libraw_develop.h"
#include "read/picture/area_average.h"
#include "read/raw_file.h"

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

/// Asked before anything is decoded.
Status check_region(const RawFacts& facts, const RenderOptions& options) {
  if (!options.region) return {};
  if (facts.sensor == SensorClass::SuperCcd) {
    return fail(ErrorCode::Usage,
                "has a Super-CCD sensor, of which no region can be rendered; render it whole");
  }
  const Rect region = *options.region;
  const Size crop = facts.crop.size();
  if (!region.empty() && Rect{0, 0, crop.width, crop.height}.contains(region)) return {};
  return fail(
      ErrorCode::Usage,
      fmt::format("has {} x {} pixels, and the region {},{},{},{} is not inside", crop.width,
                  crop.height, region.x, region.y, region.width, region.height));
}

Plan plan_of(LibRaw& raw, const RawFacts& facts, const RenderOptions& options) {
  const auto& sizes = raw.imgdata.sizes;
  const Rect visible{0, 0, sizes.width, sizes.height};
  Plan plan;
  if (raw.is_fuji_rotated() != 0) {
    plan.wanted = visible;
    plan.decoded = visible;
    return plan;
  }
  const Stretch stretch = stretch_of(facts);
  plan.stretch_x = stretch.x;
  plan.stretch_y = stretch.y;
  const Rect& crop = facts.crop;
  Rect wanted = crop;
  if (options.region) {
    const Rect& region = *options.region;
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

void configure(LibRaw& raw, const Plan& plan, int flip, int bits) {
  configure_libraw(raw, {plan.decoded, plan.half_size, true});
  auto& params = raw.imgdata.params;
  params.output_color = 1;  // sRGB
  params.user_flip = flip;
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

}  // namespace

template <class T>
Result<Image<T>> render(RawFile& file, const RenderOptions& options) {
  LATENT_CHECK(check_region(file.facts(), options));
  LATENT_TRY(const LibRawHandle raw, file.developable({}));
  const Plan plan = plan_of(*raw, file.facts(), options);
  const int flip = flip_of(file.facts().orientation);
  configure(*raw, plan, flip, 8 * static_cast<int>(sizeof(T)));
  LATENT_CHECK(develop_libraw(*raw));
  LATENT_TRY(Image<T> picture, copy_picture<T>(*raw, file.limits()));
  return cut_and_scale<T>(std::move(picture), plan, flip, options.longest_side_px, file.limits());
}

template Result<Image<std::uint8_t>> render(RawFile&, const RenderOptions&);
template Result<Image<std::uint16_t>> render(RawFile&, const RenderOptions&);

}  // namespace latent::read
