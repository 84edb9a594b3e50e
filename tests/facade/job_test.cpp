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

TEST(Job, NoiseMayBeThatOfTheCamera) {
  RawDenoise task;
  task.noise_of_camera = true;
  const auto job = Job::make(task, {"/photos/a.cr2"});
  ASSERT_TRUE(job) << job.failure().sentence;
  EXPECT_THAT(job->to_json(), HasSubstr("\"noise\": \"camera\""));
  const auto back = Job::from_json(job->to_json());
  ASSERT_TRUE(back) << back.failure().sentence;
  EXPECT_EQ(back->to_json(), job->to_json());
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

TEST(Job, SaysEveryValueOfEraseAndDepth) {
  Erase erase;
  erase.mask = "/tmp/m.png";
  erase.scale_mask = true;
  erase.clicks = {{0.25, 0.5}};
  erase.not_on = {{0.125, 0}};
  erase.boxes = {{{0.5, 0.75}, {0.25, 0.25}}};
  erase.spots = true;
  erase.spot_list = "/tmp/s.json";
  erase.dilate = 3.5;
  erase.grain = false;
  erase.model = "builtin";
  const auto job = Job::make(erase, {"a.jpg"});
  ASSERT_TRUE(job) << job.failure().sentence;
  for (const char* part : {"\"mask\": \"/tmp/m.png\"", "\"scale_mask\": true",
                           "\"25.000000000%,50.000000000%\"", "\"12.500000000%,0.000000000%\"",
                           "\"25.000000000%,25.000000000%,25.000000000%,50.000000000%\"",
                           "\"spots\": true", "\"spots_list\": \"/tmp/s.json\"", "\"dilate\": 3.5",
                           "\"grain\": \"none\"", "\"model\": \"builtin\""}) {
    EXPECT_THAT(job->to_json(), HasSubstr(part));
  }
  Depth depth;
  depth.near = 20;
  depth.far = 60;
  depth.soft = 7;
  depth.spread = 4;
  depth.invert = true;
  depth.snap_edges = false;
  Output output;
  output.format = "tif";
  output.bit_depth = 32;
  const auto map = Job::make(depth, {"a.jpg"}, output);
  ASSERT_TRUE(map) << map.failure().sentence;
  for (const char* part :
       {"\"near\": 20", "\"far\": 60", "\"soft\": 7", "\"spread\": 4", "\"invert\": true",
        "\"edges\": \"smooth\"", "\"format\": \"tif\"", "\"bit_depth\": 32"}) {
    EXPECT_THAT(map->to_json(), HasSubstr(part));
  }
  Depth around;
  around.point = MaskPlace{0.5, 0.25};
  const auto point = Job::make(around, {"a.jpg"});
  ASSERT_TRUE(point) << point.failure().sentence;
  EXPECT_THAT(point->to_json(), HasSubstr("\"point\": \"50.000000000%,25.000000000%\""));
  EXPECT_EQ(Job::make(Erase{}, {"a.jpg"}).failure().code, Failure::Code::Usage);
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
