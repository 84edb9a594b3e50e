// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/job.h"

#include <gmock/gmock.h>

#include "app/setting.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

TEST(Job, AbsolutePathsMeanTheSameFromEverywhere) {
  Job job = *new_job("denoise");
  job.sources = {"a.jpg"};
  job.model = "latent-denoise";
  job.output.folder = "out";
  job.engine.ort_plugins = {"a.so", "/b.so"};
  const Job whole = with_absolute_paths(job);
  const auto here = std::filesystem::current_path();
  EXPECT_EQ(whole.sources[0], here / "a.jpg");
  EXPECT_EQ(whole.output.folder, here / "out");
  EXPECT_THAT(whole.engine.ort_plugins, testing::ElementsAre(here / "a.so", "/b.so"));
  EXPECT_EQ(whole.model, "latent-denoise");
  EXPECT_EQ(std::get<tasks::DenoiseSettings>(whole.settings).output.profile, "source");
}

TEST(Job, OfAnUnknownTaskIsRefusedWithTheTasksThereAre) {
  const auto job = new_job("sharpen");
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().code, ErrorCode::Usage);
  EXPECT_THAT(job.error().sentence, HasSubstr("rawdenoise, denoise, upscale"));
}

TEST(Job, NeedsASourceAndOneOutputFileIsForOneSource) {
  Job job = *new_job("denoise");
  EXPECT_EQ(check_job(job).error().sentence, "the job has no sources");
  job.sources = {"a.png", "b.png"};
  EXPECT_TRUE(check_job(job));
  job.output.file = "c.tif";
  const Status refused = check_job(job);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  EXPECT_THAT(refused.error().sentence, HasSubstr("2 files were given"));
}

TEST(Job, WhoseOutputHasAnEndingOfAnotherTaskIsRefusedBeforeAnyFileIsOpened) {
  Job job = *new_job("rawdenoise");
  job.sources = {"/no/such/file.dng"};
  job.output.file = "result.dng";
  EXPECT_TRUE(check_job(job));
  job.output.file = "result.tif";
  EXPECT_EQ(check_job(job).error().code, ErrorCode::Usage);
}

TEST(JobCheck, AnEnlargementNeedsAFactorOrAPrint) {
  const auto checked = [](const char* scale, const char* print) {
    auto job = *new_job("upscale");
    job.sources = {"a.png"};
    EXPECT_TRUE(put_text(job, "scale", scale, "--scale"));
    EXPECT_TRUE(put_text(job, "print", print, "--print"));
    return check_job(job);
  };
  EXPECT_TRUE(checked("2", ""));
  EXPECT_TRUE(checked("auto", "40x60cm@300"));
  EXPECT_THAT(checked("auto", "").error().sentence, HasSubstr("--print 40x60cm@300"));
}

}  // namespace
}  // namespace latent::app
