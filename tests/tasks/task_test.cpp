// SPDX-License-Identifier: GPL-3.0-or-later
// The one shape of all tasks.
#include "tasks/task.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "task_fixture.h"
#include "tasks/denoise.h"
#include "tasks/raw_denoise.h"
#include "tasks/upscale.h"

namespace latent::tasks {
namespace {

using Tasks = TaskTest;

TEST_F(Tasks, ShowTheNextPartThoughTheLastWasStopped) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  for (const int microseconds : {0, 500, 5000, 30000}) {
    const Rect region{400 + microseconds / 500, 200, 512, 512};
    std::stop_source stop;
    std::jthread other([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
      stop.request_stop();
    });
    const auto ended = task->show(*prepared, region, DenoiseSettings{}, {stop.get_token(), {}});
    if (!ended) {
      EXPECT_EQ(ended.error().code, ErrorCode::Cancelled);
    }
    const auto next = task->show(*prepared, region, DenoiseSettings{}, {});
    ASSERT_TRUE(next) << next.error().sentence;
  }
}

TEST_F(Tasks, AreRunAlikeByThoseWhoDoNotKnowWhichTheyHold) {
  write_sample(sample_mosaic(SensorClass::Bayer), folder_ / "photo.dng");
  struct Case {
    Result<Task> task;
    fs::path source;
    Settings settings;
    fs::path target;
  };
  std::vector<Case> cases;
  cases.push_back({create_raw_denoise({package("tiny-sensors"), {}}, engine_),
                   folder_ / "photo.dng", RawDenoiseSettings{}, folder_ / "a.dng"});
  cases.push_back({create_denoise({package("tiny-mean-200"), {}}, engine_), picture({120, 90}),
                   DenoiseSettings{}, folder_ / "b.tif"});
  cases.push_back({create_upscale({package("tiny-zero-up-400"), {}, 4}, engine_),
                   folder_ / "photo.tif", UpscaleSettings{}, folder_ / "c.tif"});
  for (Case& each : cases) {
    ASSERT_TRUE(each.task) << each.task.error().sentence;
    const auto report = each.task->run(opened(each.source), {each.target}, each.settings, {});
    ASSERT_TRUE(report) << report.error().sentence;
    EXPECT_TRUE(common(*report).network_ran);
    EXPECT_GT(common(*report).output_bytes, 0U);
    const auto again = each.task->run(opened(each.source), {each.target}, each.settings, {});
    ASSERT_FALSE(again) << "an existing file was replaced";
    EXPECT_TRUE(each.task->run(opened(each.source), {each.target, true}, each.settings, {}));
  }
}

}  // namespace
}  // namespace latent::tasks
