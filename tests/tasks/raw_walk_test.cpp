// SPDX-License-Identifier: GPL-3.0-or-later
// What the walk of a raw does, whatever the network.
#include "tasks/raw/walk.h"

#include <gmock/gmock.h>

#include "task_fixture.h"
#include "tasks/raw_denoise.h"

namespace latent::tasks {
namespace {

using testing::HasSubstr;

class RawWalk : public TaskTest {
 protected:
  Task task() const {
    auto task = create_raw_denoise({package("tiny-sensors"), {}}, engine_);
    EXPECT_TRUE(task) << task.error().sentence;
    return *std::move(task);
  }
  read::Photograph raw(SensorClass sensor = SensorClass::Bayer) const {
    write_sample(sample_mosaic(sensor), folder_ / "photo.dng");
    return opened(folder_ / "photo.dng");
  }
};

TEST_F(RawWalk, AtStrengthZeroWritesTheSamplesOfTheSourceWithoutTheNetwork) {
  RawDenoiseSettings none;
  none.strength = 0;
  const auto photograph = raw(SensorClass::XTrans);
  const auto report = task().run(photograph, {folder_ / "out.dng"}, none, {});
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_FALSE(common(*report).network_ran);
  const Mosaic before = photograph.mosaic().value();
  const Mosaic after = opened(folder_ / "out.dng").mosaic().value();
  EXPECT_EQ(
      largest_difference(sample_counts(after, before.levels), sample_counts(before, before.levels)),
      0.0);
}

TEST_F(RawWalk, HandsOverTheCountsOfARegionInPlaceOfAFile) {
  RawDenoiseSettings settings;
  settings.region = Rect{10, 20, 64, 48};
  int rows = 0;
  Target target{"x.dng"};
  target.take = [&](const RowsView& view) -> Status {
    EXPECT_EQ(std::get<ImageView<const float>>(view).width(), 64);
    rows += std::get<ImageView<const float>>(view).height();
    return {};
  };
  const auto report = task().run(raw(), target, settings, {});
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(rows, 48);
  EXPECT_TRUE(common(*report).output.empty());
  EXPECT_FALSE(fs::exists("x.dng"));
}

TEST_F(RawWalk, RefusesARegionOutsideOfThePictureBeforeAnythingIsWritten) {
  RawDenoiseSettings settings;
  settings.region = Rect{390, 0, 64, 48};
  const auto report = task().run(raw(), {folder_ / "out.dng"}, settings, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::Usage);
  EXPECT_THAT(report.error().sentence,
              HasSubstr("the region 390,0,64,48 lies outside the picture of 396 x 294 pixels"));
  EXPECT_FALSE(fs::exists(folder_ / "out.dng"));
}

TEST_F(RawWalk, LeavesNoFileWhenItIsStopped) {
  const auto report = task().run(raw(), {folder_ / "out.dng"}, RawDenoiseSettings{}, stopped());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::Cancelled);
  EXPECT_FALSE(fs::exists(folder_ / "out.dng"));
}

TEST_F(RawWalk, ReportsTheSensorTheNoiseAndTheRepairedSites) {
  const auto report = task().run(raw(), {folder_ / "out.dng"}, RawDenoiseSettings{}, {});
  ASSERT_TRUE(report) << report.error().sentence;
  const auto& found = std::get<RawDenoiseReport>(*report);
  EXPECT_EQ(found.sensor, SensorClass::Bayer);
  EXPECT_GT(found.noise.a[1], 0.0);
  EXPECT_GE(found.hot, 2);
  EXPECT_EQ(found.result, (Size{408, 306}));
}

}  // namespace
}  // namespace latent::tasks
