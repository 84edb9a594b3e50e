// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/darktable/picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/threads.h"
#include "rgb/darktable_rgb.h"
#include "rgb/detail.h"
#include "tasks/picture/planes.h"

namespace latent::tasks {

namespace {

constexpr int kBandRows = 32;
// Of Rec. 2020: what is grey of a colour.
constexpr float kGreyRed = 0.2627F;
constexpr float kGreyGreen = 0.6780F;
constexpr float kGreyBlue = 0.0593F;

/// The whole picture in linear sRGB without bounds.
Result<Image<float>> linear_of(const PictureSource& source, int threads) {
  LATENT_TRY(auto image, Image<float>::create(source.size(), 3));
  const auto fill = [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      const auto row = image.view().crop({0, y, image.width(), 1});
      source.encoded_rgb({0, y, image.width(), 1}, WideGamut::Preserve, row);
      for (float& sample : row.row(0)) sample = rgb::extended_decoded(sample);
    }
  };
  LATENT_CHECK(for_row_parts(image.height(), threads, fill));
  return image;
}

rgb::LinearPixel pixels_of(const Image<float>& linear) {
  return [view = linear.view()](int x, int y) {
    const float* pixel = &view.at(x, y);
    return rgb::Pixel{pixel[0], pixel[1], pixel[2]};
  };
}

/// Takes rows of the whole result, top to bottom, and hands on those of a region.
class RegionRows {
 public:
  RegionRows(const Rect& region, bool grey, DarktableRun::TakeRows take)
      : region_(region), grey_(grey), take_(std::move(take)) {}

  /// Rows [n, whole width, 3], the first of which is row `first` of the whole.
  Status add(int first, ImageView<const float> rows) {
    const int begin = std::max(first, region_.y);
    const int end = std::min(first + rows.height(), region_.bottom());
    if (begin >= end) return {};
    const auto part = rows.crop({region_.x, begin - first, region_.width, end - begin});
    LATENT_TRY(auto encoded,
               Image<float>::create(part.size(), grey_ ? 1 : 3, no_limits_of_pixels()));
    for (int y = 0; y < part.height(); ++y) {
      const float* rgb = part.row(y).data();
      float* to = encoded.view().row(y).data();
      for (int x = 0; x < part.width(); ++x, rgb += 3) {
        if (grey_) {
          *to++ =
              rgb::extended_encoded(kGreyRed * rgb[0] + kGreyGreen * rgb[1] + kGreyBlue * rgb[2]);
          continue;
        }
        for (const float sample : rgb::srgb_of({rgb[0], rgb[1], rgb[2]})) {
          *to++ = rgb::extended_encoded(sample);
        }
      }
    }
    return take_(std::as_const(encoded).view());
  }

 private:
  Rect region_;
  bool grey_;
  DarktableRun::TakeRows take_;
};

/// At a strength below 1 light comes back by wavelets, with thresholds of the whole residual.
Status bring_back(const Image<float>& linear, Image<float>& denoised, double strength, int threads,
                  RegionRows& rows) {
  const Size size = denoised.size();
  LATENT_TRY(auto source, Image<float>::create({size.width, 1}, 3));
  const auto source_row = [&](int y) {
    for (int x = 0; x < size.width; ++x) {
      const float* pixel = &linear.view().at(x, y);
      std::ranges::copy(rgb::rec2020_of({pixel[0], pixel[1], pixel[2]}), &source.view().at(x, 0));
    }
    return source.view().row(0);
  };
  for (int y = 0; y < size.height; ++y) {
    const auto before = source_row(y);
    const auto after = denoised.view().row(y);
    for (std::size_t i = 0; i < after.size(); ++i) after[i] = before[i] - after[i];
  }
  const auto residual = std::as_const(denoised).view();
  LATENT_TRY(auto filter, rgb::DetailFilter::create(
                              size, {strength, 1.0, true},
                              rgb::darktable_thresholds(luminance_sigma(residual)), threads));
  LATENT_TRY(auto finished, Image<float>::create({size.width, 1}, 3));
  for (int first = 0; first < size.height; first += kBandRows) {
    const int count = std::min(kBandRows, size.height - first);
    LATENT_TRY(const auto taken, filter.add(residual.crop({0, first, size.width, count})));
    for (int y = 0; y < taken.height(); ++y) {
      const int row = filter.first_row() + y;
      const auto before = source_row(row);
      const auto away = taken.row(y);
      const auto out = finished.view().row(0);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = before[i] - away[i];
      LATENT_CHECK(rows.add(row, std::as_const(finished).view()));
    }
  }
  return {};
}

}  // namespace

bool wants_boost(const DarktableNetwork& darktable, const PictureSource& source) {
  if (!darktable.contract.shadow_boost) return false;
  std::array<float, 3> samples{};
  const auto pixel = [&](int x, int y) {
    source.encoded_rgb({x, y, 1, 1}, WideGamut::Preserve,
                       ImageView<float>(samples.data(), {1, 1}, 3, 3));
    return rgb::Pixel{rgb::extended_decoded(samples[0]), rgb::extended_decoded(samples[1]),
                      rgb::extended_decoded(samples[2])};
  };
  return rgb::is_dark(source.size(), pixel);
}

Status DarktableRun::run(NetworkSession& session, const TakeRows& take, const RunControl& control,
                         TaskReport& report) const {
  const models::DarktableContract& said = darktable.contract;
  const int scale = said.scale;
  const Size size = source.size();
  LATENT_TRY(const Image<float> linear, linear_of(source, threads));
  rgb::DarktablePicture::Contract contract;
  contract.tile = said.tile;
  contract.overlap = said.overlap;
  contract.scale = scale;
  contract.preserve_gamut = preserve_gamut;
  contract.boost = said.shadow_boost && rgb::is_dark(size, pixels_of(linear));
  const rgb::DarktablePicture picture(size, contract, pixels_of(linear));
  const bool whole = strength < 1.0 && scale == 1;
  RegionRows rows({region.x * scale, region.y * scale, region.width * scale, region.height * scale},
                  source.colours() == 1, take);
  LATENT_TRY(auto band, Image<float>::create(
                            whole ? size : Size{size.width * scale, picture.core(0).height * scale},
                            3, no_limits_of_pixels()));
  LATENT_CHECK(session.run_grid(
      picture.tiles(),
      [&](int index, TensorView planes) -> Status {
        picture.pack(index, planes);
        return {};
      },
      [&](int index, ConstTensorView /*input*/, ConstTensorView answer) -> Status {
        const Rect core = picture.core(index);
        const int top = whole ? core.y : 0;
        picture.unpack(index, answer,
                       band.view().crop(
                           {core.x * scale, top * scale, core.width * scale, core.height * scale}));
        if (whole || (index + 1) % picture.columns() != 0) return {};
        return rows.add(core.y * scale,
                        std::as_const(band).view().crop({0, 0, band.width(), core.height * scale}));
      },
      control, report));
  return whole ? bring_back(linear, band, strength, threads, rows) : Status{};
}

}  // namespace latent::tasks
