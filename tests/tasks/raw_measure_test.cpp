// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/measure.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "raw/estimate_noise.h"
#include "sample_raw.h"

namespace latent::tasks {
namespace {

bool same(const Image<std::uint16_t>& one, const Image<std::uint16_t>& other) {
  for (int y = 0; y < one.height(); ++y) {
    if (!std::ranges::equal(one.view().row(y), other.view().row(y))) return false;
  }
  return true;
}

TEST(RawMeasure, TheFilesOwnNoiseComesBeforeAnEstimate) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  mosaic.noise_profile = NoiseModel{{1, 2, 3}, {4, 5, 6}, NoiseModel::Origin::DngProfile};
  const RawPicture picture(std::move(mosaic));
  const auto noise = noise_of(picture, 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->a[1], 2);
  const RawPicture linear(sample_linear());
  const auto estimated = noise_of(linear, 1);
  ASSERT_TRUE(estimated) << estimated.error().sentence;
  EXPECT_EQ(estimated->origin, NoiseModel::Origin::Estimated);
}

TEST(RawMeasure, ARepairIsUndoneBitForBit) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  const auto before = mosaic.samples.clone().value();
  const auto noise = raw::estimate_noise(mosaic, 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  const auto repair = repaired(mosaic, noise->model, 1);
  ASSERT_TRUE(repair) << repair.error().sentence;
  EXPECT_GE(repair->hot, 2);
  EXPECT_FALSE(same(before, mosaic.samples));
  undo(*repair, mosaic);
  EXPECT_TRUE(same(before, mosaic.samples));
}

TEST(RawMeasure, AColourOfALinearPictureIsAMonochromeMosaic) {
  LinearRaw picture = sample_linear();
  picture.black = {1, 2, 3};
  const auto green = channel_of(picture, 1);
  ASSERT_TRUE(green) << green.error().sentence;
  EXPECT_EQ(green->sensor, SensorClass::Mono);
  EXPECT_EQ(green->levels.black.at(0, 0), 2.0F);
  EXPECT_EQ(green->samples.view().at(17, 9), picture.samples.view().at(17, 9, 1));
}

}  // namespace
}  // namespace latent::tasks
