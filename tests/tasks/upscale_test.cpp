// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/upscale.h"

#include <gtest/gtest.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

using Upscale = TaskTest;

TEST_F(Upscale, ShowsThePixelsThatItWrites) {
  auto task = create_upscale({package("tiny-sign-up-400"), package("tiny-mean-200"), 2}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture({400, 300})), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  UpscaleSettings loose;
  loose.consistent = false;
  UpscaleSettings clean;
  clean.denoise = 0.5;
  UpscaleSettings clipped;
  clipped.wide_gamut = WideGamut::Clip;
  for (const UpscaleSettings& settings : {UpscaleSettings{}, loose, clean, clipped}) {
    for (const Rect region : {Rect{0, 0, 64, 64}, {101, 57, 256, 200}}) {
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      EXPECT_EQ(shown->before.size(), (Size{2 * region.width, 2 * region.height}));
      EXPECT_LT(largest_difference(shown->after, written(*task, *prepared, settings, region)),
                1e-4);
      const auto again = task->show(*prepared, region, settings, stopped());
      ASSERT_TRUE(again) << again.error().sentence;
    }
  }
}

}  // namespace
}  // namespace latent::tasks
