// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/denoise.h"

#include <gtest/gtest.h>

#include "task_fixture.h"
#include "tasks/picture/take_off.h"

namespace latent::tasks {
namespace {

using Denoise = TaskTest;

TEST_F(Denoise, ShowsThePixelsThatItWrites) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  EXPECT_EQ(prepared->facts().size, kSize);
  EXPECT_TRUE(prepared->facts().level.has_value());
  DenoiseSettings half;
  half.strength = 0.5;
  DenoiseSettings chroma;
  chroma.luma = 0.3;
  chroma.detail = Detail::None;
  DenoiseSettings as_darktable = half;
  as_darktable.detail = Detail::Darktable;
  DenoiseSettings told;
  told.level = 12.0;
  told.wide_gamut = WideGamut::Clip;
  for (const DenoiseSettings& settings : {DenoiseSettings{}, half, chroma, as_darktable, told}) {
    for (const Rect region : {Rect{0, 0, 64, 64}, {700, 333, 512, 512}, {1250, 880, 50, 20}}) {
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      EXPECT_LT(largest_difference(shown->after, written(*task, *prepared, settings, region)),
                1e-4);
      EXPECT_GT(largest_difference(shown->after, shown->before), 0.01);
    }
  }
}

TEST_F(Denoise, MovesEverySliderOfAShownRegionWithoutTheNetwork) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{400, 200, 512, 512};
  ASSERT_TRUE(task->show(*prepared, region, DenoiseSettings{}, {}));
  DenoiseSettings settings;
  for (const Detail detail : {Detail::Auto, Detail::None}) {
    for (const double share : {0.0, 0.25, 0.5, 1.0}) {
      settings.strength = 1 - share / 2;
      settings.luma = share;
      settings.chroma = 1 - share;
      settings.detail = detail;
      const auto shown = task->show(*prepared, region, settings, stopped());
      ASSERT_TRUE(shown) << shown.error().sentence;
    }
  }
  const auto elsewhere = task->show(*prepared, {0, 0, 512, 512}, settings, stopped());
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, ErrorCode::Cancelled);
}

TEST_F(Denoise, ShowsPartsOfAShownRegionWithoutTheNetwork) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  ASSERT_TRUE(task->show(*prepared, {400, 200, 512, 512}, DenoiseSettings{}, {}));
  DenoiseSettings half;
  half.strength = 0.5;
  DenoiseSettings as_darktable = half;
  as_darktable.detail = Detail::Darktable;
  for (const DenoiseSettings& settings : {DenoiseSettings{}, half, as_darktable}) {
    // The noise of all of the residual is measured once for the last one.
    if (wants_sigma(settings)) {
      ASSERT_TRUE(task->show(*prepared, {400, 200, 512, 512}, settings, {}));
    }
    for (const Rect part : {Rect{400, 200, 256, 512}, {700, 333, 100, 60}, {911, 711, 1, 1}}) {
      const auto shown = task->show(*prepared, part, settings, stopped());
      ASSERT_TRUE(shown) << shown.error().sentence;
      EXPECT_LT(largest_difference(shown->after, written(*task, *prepared, settings, part)), 1e-4);
    }
  }
  EXPECT_FALSE(task->show(*prepared, {399, 200, 100, 100}, half, stopped())) << "not all of it";
}

TEST_F(Denoise, ShowsGreyPicturesInThreeEqualChannels) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture({200, 150}, 1)), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const auto shown = task->show(*prepared, {20, 30, 100, 80}, DenoiseSettings{}, {});
  ASSERT_TRUE(shown) << shown.error().sentence;
  EXPECT_EQ(shown->after.channels(), 3);
  const Image<float> expected = written(*task, *prepared, DenoiseSettings{}, {20, 30, 100, 80});
  ASSERT_EQ(expected.channels(), 1);
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 100; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_NEAR(shown->after.view().at(x, y, c), expected.view().at(x, y), 1e-4);
      }
    }
  }
}

TEST_F(Denoise, OfStrengthZeroShowsTheSourceAndRefusesAPartOutside) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  DenoiseSettings none;
  none.strength = 0;
  const auto shown = task->show(*prepared, {10, 10, 30, 20}, none, {});
  ASSERT_TRUE(shown) << shown.error().sentence;
  EXPECT_EQ(largest_difference(shown->before, shown->after), 0.0);
  const auto outside = task->show(*prepared, {1290, 0, 30, 20}, DenoiseSettings{}, {});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::Usage);
  EXPECT_THAT(outside.error().sentence, testing::HasSubstr("photo.tif"));
}

}  // namespace
}  // namespace latent::tasks
