// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "raw/camera_noise.h"
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

/// Noise of the kind that a sensor has, on a slope.
Mosaic evenly_noisy_mosaic(Size size) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer, size);
  std::mt19937 random(11);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const float light = 0.05F + 0.001F * static_cast<float>(x + y);
      const float noisy = light + std::sqrt(4e-4F * light + 4e-6F) * normal(random);
      mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(
          std::clamp(kSampleBlack + noisy * (kSampleWhite - kSampleBlack), 0.0F, 16000.0F));
    }
  }
  return mosaic;
}

TEST(RawMeasure, TheFilesOwnNoiseComesBeforeAnEstimate) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  NoiseModel profile = raw::estimate_noise(mosaic, 1).value().model;
  for (double& a : profile.a) a *= 1.5;
  profile.origin = NoiseModel::Origin::DngProfile;
  mosaic.noise_profile = profile;
  const RawPicture picture(std::move(mosaic));
  const auto noise = noise_of(picture, 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->model.a[1], profile.a[1]);
  EXPECT_EQ(noise->model.origin, NoiseModel::Origin::DngProfile);
  EXPECT_TRUE(noise->notices.empty());
  const RawPicture linear(sample_linear());
  const auto estimated = noise_of(linear, 1);
  ASSERT_TRUE(estimated) << estimated.error().sentence;
  EXPECT_EQ(estimated->model.origin, NoiseModel::Origin::Estimated);
}

TEST(RawMeasure, AProfileFarFromThePictureIsNotBelieved) {
  for (const double factor : {30.0, 0.03}) {
    Mosaic mosaic = evenly_noisy_mosaic({420, 320});
    const raw::NoiseEstimate estimate = raw::estimate_noise(mosaic, 1).value();
    ASSERT_GT(estimate.confidence, 0.5);
    NoiseModel profile = estimate.model;
    for (double& a : profile.a) a *= factor;
    for (double& b : profile.b) b *= factor;
    profile.origin = NoiseModel::Origin::DngProfile;
    mosaic.noise_profile = profile;
    const auto noise = noise_of(RawPicture(std::move(mosaic)), 1);
    ASSERT_TRUE(noise) << noise.error().sentence;
    EXPECT_EQ(noise->model.origin, NoiseModel::Origin::Estimated);
    EXPECT_EQ(noise->model.a, estimate.model.a);
    ASSERT_EQ(noise->notices.size(), 1U);
    EXPECT_NE(noise->notices[0].find("NoiseProfile"), std::string::npos);
    EXPECT_NE(noise->notices[0].find("what the picture shows was used"), std::string::npos);
  }
}

TEST(RawMeasure, OfNoiseThatIsHardlySeenLessIsCountedOn) {
  Mosaic mosaic = evenly_noisy_mosaic({36, 40});  // too small to be sure
  const raw::NoiseEstimate estimate = raw::estimate_noise(mosaic, 1).value();
  ASSERT_GT(estimate.blocks_used, 0);
  ASSERT_LT(estimate.confidence, 0.2);
  const auto noise = noise_of(RawPicture(std::move(mosaic)), 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_LT(noise->model.a[1], estimate.model.a[1]);
  ASSERT_EQ(noise->notices.size(), 1U);
  EXPECT_NE(noise->notices[0].find("confidence 0."), std::string::npos);
}

/// As a camera of the table took it at ISO 6400, whose photosites have a = 7.3e-4.
Mosaic of_known_camera(Mosaic mosaic) {
  mosaic.camera.make = "Canon";
  mosaic.camera.model = "Canon EOS 6D";
  mosaic.camera.iso = 6400;
  return mosaic;
}

TEST(RawMeasure, OfNoiseThatIsHardlySeenTheTableOfCamerasTells) {
  Mosaic mosaic = of_known_camera(evenly_noisy_mosaic({36, 40}));
  const raw::NoiseEstimate estimate = raw::estimate_noise(mosaic, 1).value();
  const NoiseModel usual = raw::camera_noise(mosaic.camera).value();
  const auto noise = noise_of(RawPicture(std::move(mosaic)), 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->model.origin, NoiseModel::Origin::CameraTable);
  const double level = 0.1;
  const auto variance = [&](const NoiseModel& model) { return model.a[1] * level + model.b[1]; };
  const double measured = variance(estimate.model);
  const double of_table = variance(usual);
  EXPECT_GT(variance(noise->model), 0.9 * std::min(measured, of_table));
  EXPECT_LT(variance(noise->model), 1.1 * std::max(measured, of_table));
  EXPECT_NE(noise->model.a, usual.a);
  ASSERT_EQ(noise->notices.size(), 1U);
  EXPECT_NE(noise->notices[0].find("the table of cameras says of Canon EOS 6D at ISO 6400"),
            std::string::npos)
      << noise->notices[0];
}

TEST(RawMeasure, WhereNothingCanBeMeasuredTheTableOfCamerasIsUsed) {
  Mosaic mosaic = of_known_camera(evenly_noisy_mosaic({7, 300}));
  const NoiseModel usual = raw::camera_noise(mosaic.camera).value();
  const auto noise = noise_of(RawPicture(std::move(mosaic)), 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->model.a, usual.a);
  EXPECT_EQ(noise->model.b, usual.b);
  EXPECT_NE(noise->notices.at(0).find("the table of cameras"), std::string::npos);
}

TEST(RawMeasure, AFrameThatShowsThatItHasNoNoiseIsBelieved) {
  Mosaic mosaic = of_known_camera(sample_mosaic(SensorClass::Bayer, {420, 320}));
  for (int y = 0; y < 320; ++y) {
    for (int x = 0; x < 420; ++x) {
      const int count = static_cast<int>(kSampleBlack) + 10 * (x + y) + 40;
      mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(count);
    }
  }
  const auto noise = noise_of(RawPicture(std::move(mosaic)), 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->model.origin, NoiseModel::Origin::Estimated);
  EXPECT_LT(noise->model.a[1], 1e-6);
}

TEST(RawMeasure, OfAPictureThatTellsTheTableIsNotAsked) {
  Mosaic mosaic = of_known_camera(evenly_noisy_mosaic({420, 320}));
  const raw::NoiseEstimate estimate = raw::estimate_noise(mosaic, 1).value();
  const auto noise = noise_of(RawPicture(std::move(mosaic)), 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->model.a, estimate.model.a);
  EXPECT_TRUE(noise->notices.empty());
}

TEST(RawMeasure, TheFilesOwnNoiseComesBeforeTheTable) {
  Mosaic mosaic = of_known_camera(evenly_noisy_mosaic({36, 40}));
  NoiseModel profile;
  profile.a.fill(5e-4);
  profile.b.fill(1e-6);
  profile.origin = NoiseModel::Origin::DngProfile;
  mosaic.noise_profile = profile;
  const auto noise = noise_of(RawPicture(std::move(mosaic)), 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->model.a, profile.a);
}

TEST(RawMeasure, TheTableIsUsedWhereItIsAskedForAndAFarPictureIsTold) {
  Mosaic mosaic = of_known_camera(evenly_noisy_mosaic({420, 320}));
  mosaic.camera.iso = 100;  // a fiftieth of the noise that the picture has
  const NoiseModel usual = raw::camera_noise(mosaic.camera).value();
  const auto noise = camera_noise_of(RawPicture(std::move(mosaic)), 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  EXPECT_EQ(noise->model.a, usual.a);
  ASSERT_EQ(noise->notices.size(), 1U);
  EXPECT_NE(noise->notices[0].find("which was used, but the picture shows"), std::string::npos);
}

TEST(RawMeasure, TheTableIsRefusedForWhatHasNoPhotosites) {
  LinearRaw linear = sample_linear();
  linear.camera.make = "Canon";
  linear.camera.model = "Canon EOS 6D";
  linear.camera.iso = 6400;
  const auto noise = camera_noise_of(RawPicture(std::move(linear)), 1);
  ASSERT_FALSE(noise);
  EXPECT_NE(noise.error().sentence.find("three colours a pixel"), std::string::npos);
  const auto unknown = camera_noise_of(RawPicture(sample_mosaic(SensorClass::Bayer)), 1);
  ASSERT_FALSE(unknown);
}

TEST(RawMeasure, SitesThatAListNamesAreRepairedWhateverIsFound) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  mosaic.samples.view().at(200, 100) = 3;  // the value that marks them
  mosaic.samples.view().at(1, 1) = 3;      // in the margin
  mosaic.carried_tags = {{51008, 7, 28, true, {0, 0, 0, 1, 0, 0, 0, 4, 1, 3, 0, 0, 0, 0,
                                               0, 1, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0, 0}}};
  const auto before = mosaic.samples.clone().value();
  const auto noise = raw::estimate_noise(mosaic, 1);
  const auto repair = repaired(mosaic, {true, false}, noise->model, 1);
  ASSERT_TRUE(repair) << repair.error().sentence;
  ASSERT_EQ(repair->listed.size(), 1U);
  EXPECT_EQ(repair->listed[0].x, 200 - 6);
  EXPECT_EQ(repair->listed[0].y, 100 - 6);
  EXPECT_GT(mosaic.samples.view().at(200, 100), 1000);
  EXPECT_TRUE(repair->defects.empty());
  ASSERT_EQ(repair->notices.size(), 1U);
  EXPECT_NE(repair->notices[0].find("FixBadPixelsConstant"), std::string::npos);
  undo(*repair, mosaic);
  EXPECT_TRUE(same(before, mosaic.samples));
}

TEST(RawMeasure, AListThatMarksHalfThePictureMarksNoDefects) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  for (int y = 0; y < mosaic.samples.height(); y += 2) {
    std::ranges::fill(mosaic.samples.view().row(y), std::uint16_t{3});
  }
  mosaic.carried_tags = {{51008, 7, 28, true, {0, 0, 0, 1, 0, 0, 0, 4, 1, 3, 0, 0, 0, 0,
                                               0, 1, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0, 0}}};
  const auto repair = repaired(mosaic, {true, false}, {}, 1);
  ASSERT_TRUE(repair) << repair.error().sentence;
  EXPECT_TRUE(repair->listed.empty());
  ASSERT_EQ(repair->notices.size(), 1U);
  EXPECT_NE(repair->notices[0].find("too many to be defects"), std::string::npos);
}

TEST(RawMeasure, ARepairIsUndoneBitForBit) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  const auto before = mosaic.samples.clone().value();
  const auto noise = raw::estimate_noise(mosaic, 1);
  ASSERT_TRUE(noise) << noise.error().sentence;
  const auto repair = repaired(mosaic, {true, true}, noise->model, 1);
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
