// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "app/task_rows.h"
#include "sample_packages.h"

namespace latent::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RawDenoiseRow, NamesItsResults) {
  const TaskRow row = raw_denoise_row();
  EXPECT_EQ(row.suffix(*new_job("rawdenoise")), "_raw-denoise");
  EXPECT_THAT(row.endings, ElementsAre("dng"));
}

TEST(RawDenoiseRow, TakesItsThreadsFromTheEngine) {
  Job job = *new_job("rawdenoise");
  job.engine.threads = 3;
  EXPECT_EQ(std::get<tasks::RawDenoiseSettings>(raw_denoise_row().settings_of(job)).threads, 3);
}

TEST(RawDenoiseRow, TellsOfTheSensorItsNoiseAndItsDefects) {
  tasks::RawDenoiseReport report;
  report.sensor = SensorClass::XTrans;
  report.noise = {{1e-3, 2e-3, 3e-3}, {0, 1e-6, 0}, NoiseModel::Origin::Estimated};
  report.hot = 12;
  report.dead = 3;
  const TaskAnswer answer = raw_denoise_row().answer(report);
  const auto facts = nlohmann::json::parse(answer.facts);
  EXPECT_EQ(facts["sensor"], "X-Trans");
  EXPECT_EQ(facts["noise"]["a"][2], 3e-3);
  EXPECT_EQ(facts["hot_pixels"], 12);
  EXPECT_THAT(answer.details,
              ElementsAre("X-Trans sensor", HasSubstr("green variance = 0.002 x + 1e-06"),
                          "12 hot and 3 dead pixels removed"));
}

TEST(RawDenoiseRow, KeepsItsTaskForTheNextJobOfTheSameEngine) {
  WarmModels warm;
  Workplace at = workplace_in("/nowhere");
  at.warm = &warm;
  const auto package = models::Package::open(sample_package("tiny-sensors"));
  ASSERT_TRUE(package) << package.error().sentence;
  const Job job = *new_job("rawdenoise");
  const auto task = [&](const char* device) {
    Making making{*package, {}, {}, at};
    making.engine.device = device;
    const auto lease = raw_denoise_row().open(job, making);
    EXPECT_TRUE(lease) << lease.error().sentence;
    return &lease->task();
  };
  const tasks::Task* first = task("cpu");
  EXPECT_EQ(task("cpu"), first);
  EXPECT_NE(task("gpu"), first);
}

}  // namespace
}  // namespace latent::app
