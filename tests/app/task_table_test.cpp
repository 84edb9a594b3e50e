// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/task_table.h"

#include <gmock/gmock.h>

#include <set>

#include "app/settings_table.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

TEST(TaskTable, EveryRowIsWhole) {
  std::set<std::string> ids;
  for (const TaskRow& row : task_table()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.summary.empty());
    EXPECT_FALSE(row.sources.empty());
    EXPECT_FALSE(row.model_task.empty());
    ASSERT_NE(row.settings, nullptr);
    EXPECT_TRUE(row.suffix && row.check && row.open && row.settings_of && row.answer);
    const auto job = new_job(row.id);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->format, row.endings.front());
    EXPECT_EQ(row.suffix(*job).front(), '_');
  }
}

TEST(TaskTable, AnUnknownTaskIsRefusedWithThoseThereAre) {
  const auto row = task_row("denoize");
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().sentence,
            "'denoize' is no task; there are rawdenoise, denoise, upscale, erase, depth, "
            "mask");
}

TEST(TaskTable, ANameOfAResultFollowsTheJob) {
  Job job = *new_job("upscale");
  std::get<UpscaleChoice>(job.settings).scale = 4;
  EXPECT_EQ((*task_row("upscale"))->suffix(job), "_upscale-4x");
  EXPECT_EQ(usual_output("rawdenoise", "/none/a.cr2")->path, "/none/a_raw-denoise.dng");
  EXPECT_EQ(usual_output("denoise", "/none/a.jpg")->path, "/none/a_denoise.tif");
}

TEST(CheckJob, OneOutputIsNotNamedForManySources) {
  Job job = *new_job("denoise");
  EXPECT_THAT(check_job(job).error().sentence, HasSubstr("no sources"));
  job.sources = {"a.jpg", "b.jpg"};
  EXPECT_TRUE(check_job(job));
  job.output.file = "c.tif";
  EXPECT_THAT(check_job(job).error().sentence, HasSubstr("2 files were given"));
}

TEST(CheckJob, FormatDepthAndProfileAgree) {
  Job job = *new_job("upscale");
  job.sources = {"a.jpg"};
  std::get<UpscaleChoice>(job.settings).scale = 2;
  auto& output = std::get<UpscaleChoice>(job.settings).output;
  output.depth = SampleDepth::U16;
  job.format = "jpg";
  EXPECT_EQ(check_job(job).error().sentence,
            "a .jpg file does not hold 16-bit samples; choose another format or bit depth");
  job.output.file = "b.tif";  // goes before the format
  EXPECT_TRUE(check_job(job));
  job.output.file = "b.gif";
  EXPECT_EQ(check_job(job).error().code, ErrorCode::Usage);
  job.output.file.reset();
  job.format = "tif";
  output.profile = "/none/monitor.icc";
  EXPECT_EQ(check_job(job).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent::app
