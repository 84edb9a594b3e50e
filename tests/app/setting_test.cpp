// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/setting.h"

#include <gmock/gmock.h>

#include "app/settings_table.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

template <class Settings>
Result<Settings> settings_after(const char* task, const char* key, const std::string& text) {
  LATENT_TRY(Job job, new_job(task));
  LATENT_CHECK(put_text(job, key, text, std::string("--") + key));
  return std::get<Settings>(job.settings);
}

Result<tasks::RawDenoiseSettings> raw_after(const char* key, const std::string& text) {
  return settings_after<tasks::RawDenoiseSettings>("rawdenoise", key, text);
}

Result<tasks::DenoiseSettings> picture_after(const char* key, const std::string& text) {
  return settings_after<tasks::DenoiseSettings>("denoise", key, text);
}

TEST(Setting, NoiseIsAutoOrThatOfTheCameraOrTwoOrSixNumbers) {
  EXPECT_FALSE(raw_after("noise", "auto")->noise);
  EXPECT_FALSE(raw_after("noise", "auto")->noise_of_camera);
  EXPECT_FALSE(raw_after("noise", "camera")->noise);
  EXPECT_TRUE(raw_after("noise", "camera")->noise_of_camera);
  EXPECT_FALSE(raw_after("noise", "1e-3,2e-6")->noise_of_camera);
  const auto one = raw_after("noise", "1e-3,2e-6");
  ASSERT_TRUE(one && one->noise);
  EXPECT_DOUBLE_EQ(one->noise->a[2], 1e-3);
  EXPECT_DOUBLE_EQ(one->noise->b[0], 2e-6);
  EXPECT_EQ(one->noise->origin, NoiseModel::Origin::Given);
  const auto six = raw_after("noise", "1,2,3,4,5,6");
  ASSERT_TRUE(six && six->noise);
  EXPECT_DOUBLE_EQ(six->noise->a[1], 3);
  EXPECT_DOUBLE_EQ(six->noise->b[2], 6);
  for (const char* text : {"", "1", "1,2,3", "-1,0", "nan,0", "inf,0", "1;2"}) {
    const auto refused = raw_after("noise", text);
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().sentence, HasSubstr("--noise takes auto, camera, or A,B"));
  }
}

TEST(Setting, ALevelIsAutoOrASigma) {
  EXPECT_EQ(picture_after("level", "auto")->level, std::nullopt);
  EXPECT_EQ(picture_after("level", "12.5")->level, 12.5);
  for (const char* text : {"", "-1", "256", "nan", "1,2", "much"})
    EXPECT_FALSE(picture_after("level", text)) << text;
}

TEST(Setting, AStrengthIsAPercentage) {
  EXPECT_EQ(picture_after("strength", "7")->strength, 0.07);
  EXPECT_EQ(picture_after("strength", "12.5")->strength, 0.125);
  EXPECT_EQ(picture_after("strength", "140").error().sentence, "--strength: 140 is above 100");
  EXPECT_EQ(picture_after("strength", "-1").error().sentence, "--strength: -1 is below 0");
  EXPECT_EQ(picture_after("strength", "much").error().sentence,
            "--strength takes a number from 0 to 100, not 'much'");
}

TEST(Setting, AWordIsOneOfTheTableAndNothingElse) {
  EXPECT_EQ(picture_after("bit_depth", "8")->output.depth, SampleDepth::U8);
  EXPECT_EQ(picture_after("bit_depth", "auto")->output.depth, std::nullopt);
  EXPECT_EQ(raw_after("compat", "darktable-5.6")->compat, models::Compat::Darktable56);
  EXPECT_FALSE(raw_after("compat", "darktable"));
  for (const char* text : {"", "12", "08", "8.0", "99999999999999999999"}) {
    EXPECT_FALSE(picture_after("bit_depth", text)) << text;
  }
  EXPECT_EQ(picture_after("detail", "all").error().sentence,
            "--detail takes auto, darktable or none, not 'all'");
}

TEST(Setting, ARegionIsFourWholeNumbersWhoseSumsAreNumbersToo) {
  EXPECT_EQ(picture_after("region", "10,20,300,400")->region, (Rect{10, 20, 300, 400}));
  EXPECT_FALSE(picture_after("region", "2000000000,0,2000000000,1"));
  EXPECT_FALSE(picture_after("region", "1,2,3"));
}

TEST(Setting, ADeviceIsAWord) {
  auto job = new_job("denoise");
  ASSERT_TRUE(job);
  EXPECT_TRUE(put_text(*job, "device", "gpu.1", "--device"));
  EXPECT_EQ(job->engine.device, "gpu.1");
  EXPECT_FALSE(put_text(*job, "device", "", "--device"));
  EXPECT_FALSE(put_text(*job, "device", "a b", "--device"));
}

}  // namespace
}  // namespace latent::app
