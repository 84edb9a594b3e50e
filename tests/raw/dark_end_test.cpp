// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/dark_end.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "mosaics.h"

namespace latent::raw {
namespace {

/// A mosaic of light `level` counts above black with noise of 12 counts, cut off at `least`.
Mosaic dim_mosaic(double level, int least) {
  Mosaic mosaic = random_mosaic({});
  std::mt19937 random(2);
  std::normal_distribution<double> noise(512 + level, 12);
  mosaic.sample_min = 65535;
  for (int y = 0; y < mosaic.samples.height(); ++y) {
    for (std::uint16_t& sample : mosaic.samples.view().row(y)) {
      const int count = std::max(least, static_cast<int>(std::lround(noise(random))));
      sample = static_cast<std::uint16_t>(count);
      mosaic.sample_min = std::min(mosaic.sample_min, sample);
    }
  }
  return mosaic;
}

TEST(DarkEnd, OfNoiseThatIsWholeIsNotCut) {
  const DarkEnd end = dark_end_of(dim_mosaic(0, 0));
  EXPECT_FALSE(end.cut);
  EXPECT_LT(end.share, 0.01);
}

TEST(DarkEnd, OfHalfTheNoiseIsCutAndItsShareIsHalf) {
  const DarkEnd end = dark_end_of(dim_mosaic(0, 512));
  EXPECT_TRUE(end.cut);
  EXPECT_NEAR(end.share, 0.5, 0.05);
  EXPECT_GT(end.share, DarkEnd::kMostlyCut);
}

TEST(DarkEnd, OfLessThanATenthIsCutButNotMostly) {
  const DarkEnd end = dark_end_of(dim_mosaic(17, 512));  // 1.4 sigma above the cut
  EXPECT_TRUE(end.cut);
  EXPECT_LT(end.share, DarkEnd::kMostlyCut);
}

}  // namespace
}  // namespace latent::raw
