// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/darktable/picture.h"

#include <gtest/gtest.h>

#include "task_fixture.h"
#include "tasks/denoise.h"

namespace latent::tasks {
namespace {

using DarktablePicture = TaskTest;

TEST_F(DarktablePicture, IsShownAsItIsWritten) {
  auto task = create_denoise({package("darktable-denoise"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture({300, 200})), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{120, 60, 100, 90};
  for (const models::Compat compat : {models::Compat::None, models::Compat::Darktable56}) {
    for (const double strength : {1.0, 0.5}) {
      DenoiseSettings settings;
      settings.compat = compat;
      settings.strength = strength;
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      EXPECT_LT(largest_difference(shown->after, written(*task, *prepared, settings, region)),
                1e-4);
      EXPECT_GT(largest_difference(shown->after, shown->before), 0.01);
    }
  }
}

}  // namespace
}  // namespace latent::tasks
