// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/setting_rows.h"

#include <gtest/gtest.h>

namespace latent::app::rows {
namespace {

TEST(SettingRows, GiveAnOptionTheKeyWithHyphensUnlessTheySayAnother) {
  EXPECT_EQ(setting_of({.key = "noise_scale", .help = "what it does"}, Form::Number).option,
            "--noise-scale");
  EXPECT_EQ(setting_of({.key = "file", .help = "what it does", .option = "-o"}, Form::Path).option,
            "-o");
  EXPECT_EQ(setting_of({.key = "file", .help = "what it does", .option = ""}, Form::Path).option,
            "");
}

TEST(SettingRows, WriteTheShortestPercentageThatIsTheSameFraction) {
  EXPECT_EQ(percent_of(0.07), 7.0);  // 0.07 * 100 is 7.000000000000001
  EXPECT_EQ(percent_of(0.29), 29.0);
  const double third = 100.0 / 3.0 / 100.0;  // what 33.33... percent became
  EXPECT_EQ(percent_of(third) / 100.0, third);
  EXPECT_EQ(percent_of(0.0), 0.0);
}

TEST(SettingRows, OfPercentagesKeepFractionsInTheJob) {
  const Setting strength = percent({.key = "strength", .help = "what it does"},
                                   in<tasks::DenoiseSettings>(&tasks::DenoiseSettings::strength));
  Job job = *new_job("denoise");
  strength.set(job, Json(12.5));
  EXPECT_EQ(std::get<tasks::DenoiseSettings>(job.settings).strength, 0.125);
  EXPECT_EQ(*strength.get(job).as_real(), 12.5);
  EXPECT_EQ(strength.most, 100.0);
}

TEST(SettingRows, TakeNullForNoRegion) {
  const Setting part = region(in<tasks::DenoiseSettings>(&tasks::DenoiseSettings::region));
  Job job = *new_job("denoise");
  part.set(job,
           Json(Json::Array{std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{4}}));
  EXPECT_EQ(std::get<tasks::DenoiseSettings>(job.settings).region, (Rect{1, 2, 3, 4}));
  part.set(job, Json{});
  EXPECT_FALSE(std::get<tasks::DenoiseSettings>(job.settings).region);
  EXPECT_TRUE(part.get(job).is_null());
}

TEST(SettingRows, OfWordsLeaveTheFieldAloneWhereTheWordIsNone) {
  const Setting detail =
      word<tasks::Detail>({.key = "detail", .help = "what it does"},
                          {{"auto", tasks::Detail::Auto}, {"none", tasks::Detail::None}},
                          in<tasks::DenoiseSettings>(&tasks::DenoiseSettings::detail));
  Job job = *new_job("denoise");
  detail.set(job, Json("none"));
  detail.set(job, Json("all"));
  EXPECT_EQ(std::get<tasks::DenoiseSettings>(job.settings).detail, tasks::Detail::None);
  EXPECT_EQ(*detail.get(job).as_string(), "none");
}

}  // namespace
}  // namespace latent::app::rows
