// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "opened.h"

namespace {

using namespace latent;
using testing::HasSubstr;

TEST(Job, GoesThroughJsonAndBack) {
  RawDenoise task;
  task.strength = 55;
  task.noise = SensorNoise{{1e-4, 2e-4, 3e-4}, {1e-6, 2e-6, 3e-6}};
  task.region = Region{8, 16, 64, 32};
  task.model = "latent-raw";
  Output output;
  output.file = "/tmp/out.dng";
  output.compress = false;
  const auto job = Job::make(task, {"/photos/a.cr2"}, output);
  ASSERT_TRUE(job) << job.failure().sentence;
  const std::string text = job->to_json();
  EXPECT_THAT(text, HasSubstr("\"strength\": 55,"));
  EXPECT_THAT(text, HasSubstr("\"if_exists\": \"refuse\""));
  EXPECT_THAT(text, HasSubstr("\"compression\": \"none\""));
  const auto back = Job::from_json(text);
  ASSERT_TRUE(back) << back.failure().sentence;
  EXPECT_EQ(back->to_json(), text);
  EXPECT_EQ(back->task(), "rawdenoise");
  EXPECT_EQ(back->sources(), Job::Sources{"/photos/a.cr2"});
}

TEST(Job, SaysEveryValueOfEveryRequest) {
  Denoise denoise;
  denoise.luma = 40;
  denoise.chroma = 90;
  denoise.level = 3.5;
  denoise.detail = Detail::None;
  denoise.tones = Tones::Kept;
  denoise.wide_gamut = WideGamut::Clip;
  Output output;
  output.folder = "/tmp/done";
  output.format = "png";
  output.bit_depth = 8;
  output.profile = "srgb";
  output.if_exists = IfExists::Skip;
  Engine engine;
  engine.device = "cpu";
  engine.precision = Precision::F32;
  engine.threads = 2;
  const auto job = Job::make(denoise, {"a.jpg", "b.jpg"}, output, engine);
  ASSERT_TRUE(job) << job.failure().sentence;
  for (const char* part :
       {"\"luma\": 40", "\"chroma\": 90", "\"level\": 3.5", "\"detail\": \"none\"",
        "\"tones\": \"kept\"", "\"wide_gamut\": \"clip\"", "\"folder\": \"/tmp/done\"",
        "\"format\": \"png\"", "\"bit_depth\": 8", "\"profile\": \"srgb\"",
        "\"if_exists\": \"skip\"", "\"device\": \"cpu\"", "\"precision\": \"f32\"",
        "\"threads\": 2"}) {
    EXPECT_THAT(job->to_json(), HasSubstr(part));
  }
  Upscale upscale;
  upscale.scale = 4;
  upscale.denoise = 30;
  upscale.tolerance = 1.5;
  upscale.bound_overshoot = false;
  const auto larger = Job::make(upscale, {"a.jpg"});
  ASSERT_TRUE(larger) << larger.failure().sentence;
  for (const char* part : {"\"scale\": 4", "\"denoise\": 30", "\"tolerance\": 1.5",
                           "\"overshoot\": \"free\"", "\"if_exists\": \"number\""}) {
    EXPECT_THAT(larger->to_json(), HasSubstr(part));
  }
}

TEST(Job, RefusesWhatTheTableRefuses) {
  Denoise task;
  task.strength = 140;
  const auto job = Job::make(task, {"a.jpg"});
  ASSERT_FALSE(job);
  EXPECT_EQ(job.failure().code, Failure::Code::Usage);
  EXPECT_THAT(job.failure().sentence, HasSubstr("strength"));
  EXPECT_THAT(job.failure().sentence, HasSubstr("140"));
  EXPECT_THAT(Job::make(Denoise{}, {}).failure().sentence, HasSubstr("no sources"));
  Upscale three;
  three.scale = 3;
  EXPECT_EQ(Job::make(three, {"a.jpg"}).failure().code, Failure::Code::Usage);
  Output both;
  both.file = "a.tif";
  both.folder = "b";
  EXPECT_EQ(Job::make(Denoise{}, {"a.jpg"}, both).failure().code, Failure::Code::Usage);
  EXPECT_THAT(Job::from_json("{}").failure().sentence, HasSubstr("latent_job"));
}

TEST(Names, AreThoseOfTheProgram) {
  EXPECT_STREQ(name(Failure::Code::TooLarge), "too_large");
  EXPECT_STREQ(name(EngineKind::OnnxRuntime), "onnxruntime");
  EXPECT_STREQ(name(Precision::Bf16), "bf16");
  EXPECT_EQ(version().find('.'), 1U);
}

}  // namespace
