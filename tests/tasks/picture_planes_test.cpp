// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/planes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "sample_picture.h"

namespace latent::tasks {
namespace {

constexpr Size kSize{45, 33};

class PicturePlanes : public testing::TestWithParam<std::pair<int, int>> {
 protected:
  PicturePlanes()
      : colours_(GetParam().first),
        unshuffle_(GetParam().second),
        source_(*PictureSource::of(sample_picture(kSize, colours_))) {}

  /// The sample of the picture, continued by mirroring.
  [[nodiscard]] float sample(int x, int y, int c) const {
    const auto& image = std::get<Image<float>>(source_.picture().samples);
    return image.view().at(mirror_index(x, kSize.width), mirror_index(y, kSize.height),
                           c % colours_);
  }

  int colours_;
  int unshuffle_;
  PictureSource source_;
  rgb::GamutGuard guard_{-1.0F, 2.0F, 0.25F};
};

INSTANTIATE_TEST_SUITE_P(ColoursAndUnshuffle, PicturePlanes,
                         testing::Values(std::pair{3, 1}, std::pair{3, 2}, std::pair{3, 4},
                                         std::pair{1, 1}, std::pair{1, 2}));

TEST_P(PicturePlanes, StandWhereTheFormatSays) {
  const int k = unshuffle_;
  const auto level = rgb::NoiseLevel::uniform(0.0625F);
  for (const Rect tile : {Rect{0, 0, 48, 40}, {16, 8, 16, 32}, {40, 24, 8, 16}}) {
    auto planes = Tensor::create({1, 6 * k * k, tile.height / k, tile.width / k});
    ASSERT_TRUE(planes);
    const PlanesOfTile what{source_, guard_, WideGamut::Preserve, k};
    ASSERT_TRUE(pack_rgb_levels(what, level, tile, planes->view()));
    for (int y = 0; y < tile.height; ++y) {
      for (int x = 0; x < tile.width; ++x) {
        const auto at = static_cast<std::size_t>(y / k * (tile.width / k) + x / k);
        for (int c = 0; c < 6; ++c) {
          const float found = planes->view().plane((c * k + y % k) * k + x % k)[at];
          const float expected = c < 3 ? sample(tile.x + x, tile.y + y, c) : 0.0625F;
          ASSERT_NEAR(found, expected, 1e-5F) << x << ", " << y << ", " << c;
        }
      }
    }
  }
}

TEST_P(PicturePlanes, OneLevelForAllIsOnePlane) {
  const int k = unshuffle_;
  auto planes = Tensor::create({1, 4 * k * k, 40 / k, 48 / k});
  ASSERT_TRUE(planes);
  const PlanesOfTile what{source_, guard_, WideGamut::Preserve, k};
  ASSERT_TRUE(pack_rgb_level(what, 0.25F, {0, 0, 48, 40}, planes->view()));
  for (int channel = 3 * k * k; channel < 4 * k * k; ++channel) {
    for (const float value : planes->view().plane(channel)) ASSERT_EQ(value, 0.25F);
  }
  const auto at = static_cast<std::size_t>(36 / k * (48 / k) + 46 / k);
  EXPECT_NEAR(planes->view().plane((2 * k + 36 % k) * k + 46 % k)[at], sample(46, 36, 2), 1e-5F);
}

TEST_P(PicturePlanes, AResidualOfZeroGivesTheSourceBitForBit) {
  auto residual = Image<float>::create({20, 10}, 3);
  auto out = Image<float>::create({20, 10}, colours_);
  auto expected = Image<float>::create({20, 10}, colours_);
  ASSERT_TRUE(residual && out && expected);
  const Rect area{25, 13, 20, 10};
  source_.encoded(area, WideGamut::Preserve, expected->view());
  source_.encoded(area, WideGamut::Preserve, out->view());
  subtract_rows(guard_, WideGamut::Preserve, std::as_const(*residual).view(), 0, 10, out->view());
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20 * colours_; ++x) {
      ASSERT_EQ(out->view().row(y)[static_cast<std::size_t>(x)],
                expected->view().row(y)[static_cast<std::size_t>(x)]);
    }
  }
}

}  // namespace
}  // namespace latent::tasks
