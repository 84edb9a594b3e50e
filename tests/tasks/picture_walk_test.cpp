// SPDX-License-Identifier: GPL-3.0-or-later
// What the walk of a finished picture does, whatever the task.
#include "tasks/picture/walk.h"

#include <gmock/gmock.h>

#include <limits>

#include "task_fixture.h"
#include "tasks/denoise.h"

namespace latent::tasks {
namespace {

using testing::HasSubstr;

class PictureWalk : public TaskTest {
 protected:
  Task task() const {
    auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
    EXPECT_TRUE(task) << task.error().sentence;
    return *std::move(task);
  }
};

TEST_F(PictureWalk, TakesARegionThatLiesInsideAndNoOther) {
  constexpr Size kPicture{100, 50};
  EXPECT_EQ(*region_in(kPicture, {}), (Rect{0, 0, 100, 50}));
  EXPECT_EQ(*region_in(kPicture, Rect{99, 49, 1, 1}), (Rect{99, 49, 1, 1}));
  constexpr int kMost = std::numeric_limits<int>::max();
  for (const Rect outside : {Rect{-1, 0, 10, 10},
                             {95, 0, 6, 1},
                             {0, 0, 0, 1},
                             {kMost, 0, kMost, 1},
                             {1, 1, kMost, kMost}}) {
    const auto refused = region_in(kPicture, outside);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
    EXPECT_THAT(refused.error().sentence, HasSubstr("outside the picture of 100 x 50 pixels"));
  }
}

TEST_F(PictureWalk, AtStrengthZeroWritesTheSamplesOfTheSourceWithoutTheNetwork) {
  const auto photograph = opened(picture({120, 80}));
  DenoiseSettings none;
  none.strength = 0;
  none.region = Rect{7, 5, 60, 40};
  const auto report = task().run(photograph, {folder_ / "out.png"}, none, {});
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_FALSE(common(*report).network_ran);
  const Picture before = photograph.picture().value();
  const Picture after = opened(folder_ / "out.png").picture().value();
  const auto from = std::get<Image<std::uint16_t>>(before.samples).view().crop(*none.region);
  const auto to = std::get<Image<std::uint16_t>>(after.samples).view();
  for (int y = 0; y < 40; ++y) ASSERT_TRUE(std::ranges::equal(from.row(y), to.row(y)));
}

TEST_F(PictureWalk, HandsOverRowsInPlaceOfAFile) {
  int rows = 0;
  Target target{"memory.png"};
  target.take = [&](const RowsView& view) -> Status {
    rows += std::get<ImageView<const std::uint16_t>>(view).height();
    return {};
  };
  const auto report = task().run(opened(picture({120, 80})), target, DenoiseSettings{}, {});
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(rows, 80);
  EXPECT_FALSE(fs::exists("memory.png"));
}

TEST_F(PictureWalk, LeavesNoFileWhenItIsStoppedOrTheSourceChanges) {
  const fs::path source = picture({120, 80});
  const auto stopped_run =
      task().run(opened(source), {folder_ / "out.tif"}, DenoiseSettings{}, stopped());
  ASSERT_FALSE(stopped_run);
  EXPECT_EQ(stopped_run.error().code, ErrorCode::Cancelled);
  Task denoise = task();
  auto prepared = denoise.prepare(opened(source), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  fs::remove(source);
  picture({120, 80});  // another file under that name
  const auto changed = denoise.write(*prepared, {folder_ / "out.tif"}, DenoiseSettings{}, {});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::Io);
  EXPECT_FALSE(fs::exists(folder_ / "out.tif"));
}

TEST_F(PictureWalk, GivesGreyRowsThreeTimes) {
  auto image = Image<float>::create({2, 2}, 3).value();
  int row = 0;
  const auto take = rows_into(image, row);
  const std::array<float, 2> grey{0.25F, 0.5F};
  ASSERT_TRUE(take({grey.data(), {2, 1}, 2, 1}));
  EXPECT_EQ(row, 1);
  for (int c = 0; c < 3; ++c) EXPECT_EQ(image.view().at(1, 0, c), 0.5F);
}

}  // namespace
}  // namespace latent::tasks
