// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "app/settings_table.h"
#include "app/task_rows.h"
#include "sample_files.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

TEST(PictureRows, NameAnEnlargementByItsFactor) {
  Job job = *new_job("upscale");
  std::get<UpscaleChoice>(job.settings).scale = 4;
  EXPECT_EQ(upscale_row().suffix(job), "_upscale-4x");
  EXPECT_EQ(denoise_row().suffix(*new_job("denoise")), "_denoise");
}

TEST(PictureRows, RefuseADepthThatTheFormatDoesNotHoldBeforeAnyFileIsOpened) {
  Job job = *new_job("denoise");
  std::get<tasks::DenoiseSettings>(job.settings).output.depth = SampleDepth::U16;
  EXPECT_TRUE(denoise_row().check(job));
  job.format = "jpg";
  const Status refused = denoise_row().check(job);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence,
            "a .jpg file does not hold 16-bit samples; choose another format or bit depth");
  job.output.file = "x.png";  // goes before the format
  EXPECT_TRUE(denoise_row().check(job));
}

TEST(PictureRows, RefuseAProfileThatIsNone) {
  Job job = *new_job("upscale");
  std::get<UpscaleChoice>(job.settings).output.profile = "cmyk";
  EXPECT_FALSE(upscale_row().check(job));
}

TEST(PictureRows, TellNoLevelWhereNoneWasMeasured) {
  tasks::PictureReport report;
  report.result = {80, 60};
  report.source_format = "PNG";
  report.scale = 2;
  report.consistency_rms = 0.004;
  const TaskAnswer answer = upscale_row().answer(report);
  const auto facts = nlohmann::json::parse(answer.facts);
  EXPECT_TRUE(facts["level"].is_null());
  EXPECT_EQ(facts["width"], 80);
  EXPECT_THAT(answer.details.back(), HasSubstr("1.020 of 255"));
}

using ForeseenPictures = test::InFolder;

TEST_F(ForeseenPictures, HaveTheSizeOfTheEnlargedRegion) {
  write_image(folder_ / "a.png", noisy_image({30, 20}));
  const auto photograph = read::Photograph::open(folder_ / "a.png");
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  Job job = *new_job("upscale");
  auto& choice = std::get<UpscaleChoice>(job.settings);
  choice.scale = 4;
  choice.region = Rect{0, 0, 10, 5};
  const auto result = upscale_row().foresee(job, *photograph);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->size, (Size{40, 20}));
  EXPECT_EQ(result->bytes, 40U * 20U * 3U * 2U);
}

}  // namespace
}  // namespace latent::app
