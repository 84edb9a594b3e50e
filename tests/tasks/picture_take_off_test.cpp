// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/take_off.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sample_picture.h"
#include "tasks/picture/planes.h"

namespace latent::tasks {
namespace {

constexpr Size kSize{160, 120};
constexpr Rect kWhole{0, 0, kSize.width, kSize.height};

/// Noise around 0.
Image<float> residual() {
  auto image = Image<float>::create(kSize, 3).value();
  const Picture noise = sample_picture(kSize);
  for (int y = 0; y < kSize.height; ++y) {
    std::ranges::transform(std::get<Image<float>>(noise.samples).view().row(y),
                           image.view().row(y).begin(),
                           [](float sample) { return 0.05F * (sample - 0.5F); });
  }
  return image;
}

class TakingOff : public testing::Test {
 protected:
  TakeOff::What what(const Rect& region, const DenoiseSettings& settings) const {
    TakeOff::What what;
    what.noisy = [this](const Rect& area, ImageView<float> out) {
      source_.encoded(area, WideGamut::Preserve, out);
    };
    what.guard.low = -10;
    what.guard.high = 10;
    what.level = rgb::NoiseLevel::uniform(0.02F);
    what.area = residual_area(kSize, region, settings);
    what.region = region;
    return what;
  }

  Image<float> result(const TakeOff::What& what, const DenoiseSettings& settings,
                      int rows_at_once) const {
    auto image = Image<float>::create(what.region.size(), 3).value();
    auto off = TakeOff::create(what, settings);
    EXPECT_TRUE(off) << off.error().sentence;
    const Image<float> all = residual();
    const auto seen = all.view().crop(what.area);
    int row = 0;
    const auto take = [&](ImageView<const float> rows) -> Status {
      for (int y = 0; y < rows.height(); ++y) {
        std::ranges::copy(rows.row(y), image.view().row(row++).begin());
      }
      return {};
    };
    for (int first = 0; first < seen.height(); first += rows_at_once) {
      const int count = std::min(rows_at_once, seen.height() - first);
      EXPECT_TRUE(off->add(seen.crop({0, first, seen.width(), count}), take));
    }
    EXPECT_EQ(row, what.region.height);
    return image;
  }

  static void expect_equal(ImageView<const float> one, ImageView<const float> other) {
    ASSERT_EQ(one.size(), other.size());
    for (int y = 0; y < one.height(); ++y) {
      ASSERT_TRUE(std::ranges::equal(one.row(y), other.row(y))) << "row " << y;
    }
  }

  PictureSource source_ = PictureSource::of(sample_picture(kSize)).value();
};

TEST_F(TakingOff, AtFullStrengthTheWholeResidualGoes) {
  const DenoiseSettings settings;
  const Image<float> all = residual();
  const auto image = result(what(kWhole, settings), settings, 50);
  auto noisy = Image<float>::create(kSize, 3).value();
  source_.encoded(kWhole, WideGamut::Preserve, noisy.view());
  EXPECT_FLOAT_EQ(image.view().at(30, 40, 1),
                  noisy.view().at(30, 40, 1) - all.view().at(30, 40, 1));
}

TEST_F(TakingOff, OfARegionThePixelsAreThoseOfTheWholeHoweverRowsCome) {
  DenoiseSettings half;
  half.strength = 0.5;
  DenoiseSettings plain = half;
  plain.detail = Detail::None;
  const Rect region{50, 37, 40, 44};
  for (const DenoiseSettings& settings : {DenoiseSettings{}, half, plain}) {
    const auto whole = result(what(kWhole, settings), settings, 7);
    const auto part = result(what(region, settings), settings, 64);
    expect_equal(part.view(), whole.view().crop(region));
  }
}

TEST_F(TakingOff, AKnownSigmaGivesTheRegionWithoutTheWholeResidual) {
  DenoiseSettings settings;
  settings.strength = 0.6;
  settings.detail = Detail::Darktable;
  ASSERT_TRUE(wants_sigma(settings));
  const Rect region{50, 37, 40, 44};
  EXPECT_EQ(residual_area(kSize, region, settings), kWhole);
  const auto waited = result(what(region, settings), settings, 16);
  TakeOff::What known = what(region, settings);
  known.sigma = luminance_sigma(residual().view());
  DenoiseSettings by_noise = settings;
  by_noise.detail = Detail::Auto;
  known.area = residual_area(kSize, region, by_noise);
  expect_equal(result(known, settings, 16).view(), waited.view());
}

}  // namespace
}  // namespace latent::tasks
