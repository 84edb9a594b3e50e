// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw_denoise.h"

#include <gtest/gtest.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

using RawDenoise = TaskTest;

TEST_F(RawDenoise, ShowsTheCountsThatItWrites) {
  for (const SensorClass sensor : {SensorClass::Bayer, SensorClass::XTrans, SensorClass::Mono}) {
    const Mosaic mosaic = sample_mosaic(sensor);
    const fs::path source = folder_ / "photo.dng";
    write_sample(mosaic, source);
    auto task = create_raw_denoise({package("tiny-sensors"), {}}, engine_);
    ASSERT_TRUE(task) << task.error().sentence;
    auto prepared = task->prepare(opened(source), {});
    ASSERT_TRUE(prepared) << prepared.error().sentence;
    EXPECT_EQ(prepared->facts().size, mosaic.crop.size());
    EXPECT_TRUE(prepared->facts().noise.has_value());
    const Rect region{31, 22, 150, 101};
    RawDenoiseSettings half;
    half.strength = 0.5;
    RawDenoiseSettings kept;
    kept.hot_pixels = HotPixels::Keep;
    RawDenoiseSettings none;
    none.strength = 0;
    for (const RawDenoiseSettings& settings : {RawDenoiseSettings{}, half, kept, none}) {
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      const Image<float> counts =
          written_counts<Mosaic>(*task, *prepared, settings, region, mosaic.levels);
      EXPECT_LT(largest_difference(shown->counts, counts), 0.6 * kStoredStep);
      EXPECT_EQ(shown->after.channels(), 3);
      const bool same = largest_difference(shown->before, shown->after) == 0.0;
      EXPECT_EQ(same, settings.strength == 0.0);
    }
    half.strength = 0.3;
    EXPECT_TRUE(task->show(*prepared, region, half, stopped()));
  }
}

TEST_F(RawDenoise, ShowsTheColoursThatItWritesOfAMosaic) {
  for (const SensorClass sensor : {SensorClass::Bayer, SensorClass::XTrans}) {
    const Mosaic mosaic = sample_mosaic(sensor);
    const fs::path source = folder_ / "photo.dng";
    write_sample(mosaic, source);
    auto task = create_raw_denoise({package("tiny-demosaic"), {}}, engine_);
    ASSERT_TRUE(task) << task.error().sentence;
    auto prepared = task->prepare(opened(source), {});
    ASSERT_FALSE(prepared) << "it has no network that keeps the mosaic";
    RawDenoiseSettings settings;
    settings.demosaic = true;
    const Settings asked = settings;
    const Target nowhere;
    const Next next{asked, nowhere};
    prepared = task->prepare(opened(source), {}, &next);
    ASSERT_TRUE(prepared) << prepared.error().sentence;
    const Rect region{31, 22, 150, 101};
    SensorLevels levels;
    levels.white.fill(32768.0F);
    for (const double strength : {1.0, 0.5, 0.0}) {
      settings.strength = strength;
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      const Image<float> counts =
          written_counts<LinearRaw>(*task, *prepared, settings, region, levels);
      EXPECT_LT(largest_difference(shown->counts, counts), 1.1) << strength;
      EXPECT_EQ(shown->after.size(), region.size());
    }
  }
}

TEST_F(RawDenoise, OfALinearRawShowsTheCountsThatItWritesAgainAndAgain) {
  const fs::path source = folder_ / "photo.dng";
  write_sample(sample_linear(), source);
  const auto linear = opened(source).linear();
  ASSERT_TRUE(linear) << linear.error().sentence;
  auto task = create_raw_denoise({package("tiny-sensors"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(source), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{31, 22, 150, 101};
  RawDenoiseSettings half;
  half.strength = 0.5;
  for (const RawDenoiseSettings& settings : {RawDenoiseSettings{}, half}) {
    const auto shown = task->show(*prepared, region, settings, {});
    ASSERT_TRUE(shown) << shown.error().sentence;
    SensorLevels levels;
    levels.white = {linear->white[0], linear->white[1], linear->white[2], linear->white[1]};
    const Image<float> counts =
        written_counts<LinearRaw>(*task, *prepared, settings, region, levels);
    EXPECT_LT(largest_difference(shown->counts, counts), 0.6);
  }
}

}  // namespace
}  // namespace latent::tasks
