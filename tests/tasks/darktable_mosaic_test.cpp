// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw_denoise.h"

#include <gtest/gtest.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

using DarktableMosaic = TaskTest;

TEST_F(DarktableMosaic, IsShownOurWayOrRefusedWithASentence) {
  const Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  write_sample(mosaic, folder_ / "photo.dng");
  auto task = create_raw_denoise({package("darktable-raw"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(folder_ / "photo.dng"), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{31, 22, 150, 101};
  RawDenoiseSettings settings;
  settings.strength = 0.5;
  const auto shown = task->show(*prepared, region, settings, {});
  ASSERT_TRUE(shown) << shown.error().sentence;
  const Image<float> counts =
      written_counts<Mosaic>(*task, *prepared, settings, region, mosaic.levels);
  EXPECT_LT(largest_difference(shown->counts, counts), 0.6 * kStoredStep);
  settings.compat = models::Compat::Darktable56;
  const auto refused = task->show(*prepared, region, settings, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(refused.error().sentence, testing::HasSubstr("--compat"));
  // What darktable's arithmetic leaves in the margins is not shown afterwards.
  ASSERT_TRUE(task->write(*prepared, {folder_ / "darktable.dng"}, settings, {}));
  settings.compat = models::Compat::None;
  const auto again = task->show(*prepared, region, settings, {});
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(largest_difference(again->counts, shown->counts), 0.0);
}

}  // namespace
}  // namespace latent::tasks
