// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/libraw/demosaiced.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stop_token>
#include <utility>

#include "read/libraw/libraw_develop.h"
#include "read/libraw/libraw_file.h"

namespace latent::read {

namespace {

constexpr float kWhite = 32768.0F;
constexpr float kFull = 65535.0F;

void configure(LibRaw& raw, const Rect& visible) {
  configure_libraw(raw, {visible, false, false});
  auto& params = raw.imgdata.params;
  params.output_color = 0;  // the camera's own
  params.output_bps = 16;
  params.gamm[0] = 1;
  params.gamm[1] = 1;
  params.highlight = 1;  // scaled down by the largest multiplier: nothing is clipped
  params.user_flip = 0;
}

/// What LibRaw multiplied each colour with; the largest is 1.
std::array<float, 3> multipliers(const LibRaw& raw) {
  std::array<float, 3> found{1, 1, 1};
  for (std::size_t c = 0; c < 3; ++c) {
    const float each = raw.imgdata.color.pre_mul[c];
    if (std::isfinite(each) && each > 0) found[c] = each;
  }
  return found;
}

Result<Image<std::uint16_t>> copy_unbalanced(LibRaw& raw, const Limits& limits) {
  int width = 0;
  int height = 0;
  int channels = 0;
  int bits = 0;
  raw.get_mem_image_format(&width, &height, &channels, &bits);
  if (channels != 3 || bits != 16) {
    return fail(ErrorCode::Unsupported, "has colours that LibRaw does not interpolate to three");
  }
  auto image = Image<std::uint16_t>::create({width, height}, 3, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const int stride = width * 3 * static_cast<int>(sizeof(std::uint16_t));
  LATENT_CHECK(check_libraw(raw.copy_mem_image(image->view().data(), stride, 0),
                            "interpolating its colours"));
  const auto balance = multipliers(raw);
  for (int y = 0; y < height; ++y) {
    std::uint16_t* sample = image->view().row(y).data();
    for (int x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < 3; ++c, ++sample) {
        const float value = static_cast<float>(*sample) / kFull / balance[c] * kWhite + 0.5F;
        *sample = static_cast<std::uint16_t>(static_cast<std::int32_t>(std::min(value, kFull)));
      }
    }
  }
  return image;
}

LinearRaw facts_of(const RawFacts& facts, Image<std::uint16_t>&& samples) {
  LinearRaw picture;
  picture.samples = std::move(samples);
  const Rect frame{0, 0, picture.samples.width(), picture.samples.height()};
  picture.crop = frame;
  if (facts.active.size() == frame.size()) {
    picture.crop = frame.intersection({facts.crop.x - facts.active.x, facts.crop.y - facts.active.y,
                                       facts.crop.width, facts.crop.height});
  }
  if (picture.crop.empty()) picture.crop = frame;
  picture.sensor = facts.sensor;
  picture.white = {kWhite, kWhite, kWhite};
  picture.bits_per_sample = 16;
  for (int y = 0; y < frame.height; ++y) {
    for (const std::uint16_t sample : std::as_const(picture.samples).view().row(y)) {
      picture.sample_max = std::max(picture.sample_max, sample);
    }
  }
  picture.orientation = facts.orientation;
  picture.camera = facts.camera;
  return picture;
}

}  // namespace

Result<LinearRaw> demosaic(RawFile& file, const RunControl& control) {
  if (!file.facts().opens_as_mosaic) return fail(ErrorCode::Unsupported, file.facts().obstacle);
  LATENT_TRY(const LibRawHandle raw, file.developable(control, Margins::Cut));
  const auto& sizes = raw->imgdata.sizes;
  configure(*raw, {0, 0, sizes.width, sizes.height});
  {
    LibRaw& stoppable = *raw;
    const std::stop_callback on_stop(control.stop, [&stoppable] { stoppable.setCancelFlag(); });
    const Status developed = develop_libraw(*raw);
    LATENT_CHECK(control.check());
    LATENT_CHECK(developed);
  }
  LATENT_TRY(auto samples, copy_unbalanced(*raw, file.limits()));
  LinearRaw picture = facts_of(file.facts(), std::move(samples));
  picture.notices.push_back(
      "its mosaic was interpolated by LibRaw before the network, which sees colours only; the "
      "result is a linear DNG");
  if (!file.not_applied().empty()) picture.notices.push_back(file.not_applied());
  return picture;
}

}  // namespace latent::read
