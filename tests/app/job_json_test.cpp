// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/job.h"

#include <gmock/gmock.h>

#include <cmath>

namespace latent::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A job of denoise with one key of its text given anew.
std::string text_with(const std::string& more) {
  return R"({"latent_job": 1, "task": "denoise", "sources": ["a.jpg"])" + more + "}";
}

Result<Job> read(const std::string& text) { return from_json(text, "'j.json'", "/jobs"); }

std::string refusal(const std::string& text) {
  const auto job = read(text);
  EXPECT_FALSE(job) << text;
  if (job) return {};
  EXPECT_EQ(job.error().code, ErrorCode::Usage) << job.error().sentence;
  EXPECT_THAT(job.error().sentence, StartsWith("'j.json'"));
  return job.error().sentence;
}

TEST(JobText, WhatIsNotSaidIsAsUsual) {
  const auto job = read(text_with(""));
  ASSERT_TRUE(job) << job.error().sentence;
  Job usual = *new_job("denoise");
  usual.sources = {"/jobs/a.jpg"};
  EXPECT_EQ(to_json(*job), to_json(usual));
  EXPECT_EQ(job->output.if_exists, IfExists::NextFreeName);
}

TEST(JobText, EverythingIsWrittenAndNumbersAreWhatPeopleSay) {
  Job job = *new_job("denoise");
  job.sources = {"/a.jpg"};
  std::get<tasks::DenoiseSettings>(job.settings).strength = 0.07;
  const std::string text = to_json(job);
  EXPECT_THAT(text, StartsWith("{\n  \"latent_job\": 1,\n  \"task\": \"denoise\",\n"));
  EXPECT_THAT(text, HasSubstr("\"strength\": 7,"));
  EXPECT_THAT(text, HasSubstr("\"luma\": 100,"));
  EXPECT_THAT(text, HasSubstr("\"region\": null,"));
  EXPECT_THAT(text, HasSubstr("\"ort_library\": null"));
  EXPECT_THAT(text, HasSubstr("\"ort_plugins\": []"));
}

TEST(JobText, EveryPercentageOfTheCommandLineIsReadBackAsItself) {
  for (int tenths = 0; tenths <= 1000; ++tenths) {
    Job job = *new_job("denoise");
    job.sources = {"/a.jpg"};
    std::get<tasks::DenoiseSettings>(job.settings).strength = tenths / 10.0 / 100.0;
    const auto again = read(to_json(job));
    ASSERT_TRUE(again);
    EXPECT_EQ(std::get<tasks::DenoiseSettings>(again->settings).strength, tenths / 10.0 / 100.0);
  }
}

TEST(JobText, APercentageOfManyDigitsIsReadBackAsItselfToo) {
  double percent = 0.1234567890123456;
  for (int i = 0; i < 2000; ++i) {
    percent = std::fmod(percent * 7.123456789 + 0.3, 100.0);
    Job job = *new_job("denoise");
    job.sources = {"/a.jpg"};
    std::get<tasks::DenoiseSettings>(job.settings).strength = percent / 100.0;
    const auto again = read(to_json(job));
    ASSERT_TRUE(again);
    ASSERT_EQ(std::get<tasks::DenoiseSettings>(again->settings).strength, percent / 100.0) << i;
  }
}

TEST(JobText, AnUnknownKeyIsRefusedByNameWithTheNearestKnown) {
  EXPECT_EQ(refusal(text_with(R"(, "settings": {"strenght": 50})")),
            "'j.json': a job of denoise has no key settings.strenght; did you mean strength?");
  EXPECT_EQ(refusal(text_with(R"(, "setings": {})")),
            "'j.json': a job of denoise has no key setings; did you mean settings?");
  EXPECT_THAT(refusal(text_with(R"(, "engine": {"quantum": 1})")),
              HasSubstr("a job of denoise has no key engine.quantum; there are engine, device"));
}

TEST(JobText, ASettingOfAnotherTaskIsRefusedByNameOfThatTask) {
  EXPECT_EQ(
      refusal(text_with(R"(, "settings": {"noise_scale": 1})")),
      "'j.json': a job of denoise has no key settings.noise_scale; a job of rawdenoise has it");
  EXPECT_THAT(refusal(text_with(R"(, "denoise_model": "x")")),
              HasSubstr("a job of upscale has it"));
}

TEST(JobText, AWrongValueIsRefusedWithItsPlace) {
  const auto about = [](const std::string& more) { return refusal(text_with(", " + more)); };
  EXPECT_EQ(about(R"("settings": {"strength": 140})"),
            "'j.json': settings.strength: 140 is above 100");
  EXPECT_EQ(about(R"("settings": {"strength": "50"})"),
            "'j.json': settings.strength takes a number from 0 to 100, not '50'");
  EXPECT_THAT(about(R"("settings": {"detail": 3})"), HasSubstr("settings.detail takes auto, dark"));
  EXPECT_THAT(about(R"("settings": {"region": [0, 0, 0, 5]})"), HasSubstr("settings.region takes"));
  EXPECT_THAT(about(R"("settings": [])"), HasSubstr("settings takes an object"));
  EXPECT_THAT(about(R"("output": {"bit_depth": 12})"), HasSubstr("auto, 8, 16 or 32, not 12"));
  EXPECT_THAT(about(R"("output": {"quality": 1.5})"), HasSubstr("a whole number from 1 to 100"));
  EXPECT_THAT(about(R"("output": {"profile": null})"), HasSubstr("output.profile takes source"));
  EXPECT_THAT(about(R"("model": "")"), HasSubstr("model takes a name or a path, not ''"));
  EXPECT_THAT(about(R"("output": {"file": "a\u0000b"})"), HasSubstr("output.file takes a path"));
  EXPECT_THAT(about(R"("output": {"file": "file://far/b"})"),
              HasSubstr("no URI of a file of this"));
}

TEST(JobText, WhatIsNoJsonOrNoJobIsRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("a job is an object"));
  EXPECT_THAT(refusal(text_with(R"(, "settings": {"strength": NaN})")), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(text_with(R"(, "settings": {"strength": 1e999})")), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(text_with(R"(, "model": null, "model": null)")), HasSubstr("stands twice"));
  EXPECT_THAT(refusal(std::string(100'000, '[')), HasSubstr("nested too deep"));
  EXPECT_THAT(refusal(R"({"task": "denoise"})"), HasSubstr("no latent_job"));
  EXPECT_THAT(refusal(R"({"latent_job": 1})"), HasSubstr("no task"));
  EXPECT_THAT(refusal(R"({"latent_job": 1, "task": "x"})"), HasSubstr("there are rawdenoise"));
  EXPECT_THAT(refusal(R"({"latent_job": 1, "task": "denoise"})"),
              HasSubstr("sources takes a list"));
  EXPECT_THAT(refusal(R"({"latent_job": 1, "task": "denoise", "sources": [3]})"),
              HasSubstr("sources[0] takes a path"));
}

TEST(JobText, AJobOfAnotherVersionIsUnsupported) {
  const auto job = read(R"({"latent_job": 2, "task": "later"})");
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(job.error().sentence, HasSubstr("this program reads 1"));
}

TEST(JobText, AJobBeyondItsBoundsIsTooLarge) {
  EXPECT_EQ(read(std::string(kMaxJobBytes + 1, ' ')).error().code, ErrorCode::TooLarge);
  std::string text = R"({"latent_job": 1, "task": "denoise", "sources": ["a")";
  for (std::size_t i = 0; i < kMaxSources; ++i) text += ",\"a\"";
  EXPECT_EQ(read(text + "]}").error().code, ErrorCode::TooLarge);
}

TEST(JobText, RelativePathsCountFromTheFolderOfTheJob) {
  const auto job = read(
      R"({"latent_job": 1, "task": "upscale", "sources": ["a.jpg", "../b.jpg", "/c.jpg"],
          "settings": {"scale": 2}, "model": "mine.dtmodel", "denoise_model": "latent-denoise",
          "output": {"folder": "out", "profile": "monitor.icc"},
          "engine": {"ort_library": "lib/ort.so", "ort_plugins": ["a.so", "/b.so"]}})");
  ASSERT_TRUE(job) << job.error().sentence;
  EXPECT_THAT(job->sources, testing::ElementsAre("/jobs/a.jpg", "/jobs/../b.jpg", "/c.jpg"));
  EXPECT_EQ(job->model, "/jobs/mine.dtmodel");
  EXPECT_EQ(job->denoise_model, "latent-denoise");  // a name
  EXPECT_EQ(job->output.folder, "/jobs/out");
  EXPECT_EQ(std::get<UpscaleChoice>(job->settings).output.profile, "/jobs/monitor.icc");
  EXPECT_EQ(job->engine.ort_library, "/jobs/lib/ort.so");
  EXPECT_THAT(job->engine.ort_plugins, testing::ElementsAre("/jobs/a.so", "/b.so"));
}

TEST(JobText, OneFileIsForOneSourceAndIsNotReplacedUnasked) {
  EXPECT_THAT(refusal(text_with(R"(, "output": {"file": "b.tif", "folder": "out"})")),
              HasSubstr("only one of them"));
  EXPECT_THAT(refusal(R"({"latent_job": 1, "task": "denoise", "sources": ["a", "b"],
                          "output": {"file": "b.tif"}})"),
              HasSubstr("there are 2 sources"));
  EXPECT_EQ(read(text_with(R"(, "output": {"file": "b.tif"})"))->output.if_exists,
            IfExists::Refuse);
  EXPECT_EQ(
      read(text_with(R"(, "output": {"file": "b.tif", "if_exists": "skip"})"))->output.if_exists,
      IfExists::Skip);
}

TEST(JobText, WholeNumbersMayBeWrittenAsReals) {
  const auto job = read(
      text_with(R"(, "settings": {"region": [1.0, 2, 3e1, 4]}, "output": {"bit_depth": 8.0})"));
  ASSERT_TRUE(job) << job.error().sentence;
  EXPECT_EQ(std::get<tasks::DenoiseSettings>(job->settings).region, (Rect{1, 2, 30, 4}));
}

}  // namespace
}  // namespace latent::app
