// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <latent/latent.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;
using namespace latent::v1;

std::string bytes_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class Facade : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_facade_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    request_.source = LATENT_SOURCE_DIR "/tests/data/colorchart.dng";
    request_.target = folder_ / "out.dng";
    request_.region = {{600, 400, 256, 192}};
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  RawDenoiseRequest request_;
};

TEST_F(Facade, DenoisesARealRaw) {
  double last = 0;
  const auto outcome = denoise_raw(request_, [&](double fraction) { last = fraction; });
  ASSERT_TRUE(outcome) << outcome.failure.message;
  EXPECT_EQ(outcome.answer->width, 256);
  EXPECT_EQ(outcome.answer->height, 192);
  EXPECT_EQ(outcome.answer->sensor, "Bayer");
  EXPECT_EQ(last, 1.0);
  EXPECT_GT(fs::file_size(request_.target), 1000U);
}

TEST_F(Facade, GivesTheBytesOfTheProgramForTheSameSettings) {
  request_.strength = 0.55;
  request_.noise_scale = 1.5;
  request_.compress = false;
  request_.precision = "f32";
  ASSERT_TRUE(denoise_raw(request_));
  const fs::path by_program = folder_ / "program.dng";
  const std::string command = std::string(LATENT_PROGRAM " rawdenoise ") + request_.source +
                              " --strength 55 --noise-scale 1.5 --compression none --precision f32"
                              " --region 600,400,256,192 -q -o " +
                              by_program.string();
  ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(cert-env33-c): our own program
  EXPECT_EQ(bytes_of(request_.target), bytes_of(by_program));
}

TEST_F(Facade, AFailureIsACodeAndASentenceAndLeavesNoFile) {
  request_.source = folder_ / "absent.dng";
  const auto outcome = denoise_raw(request_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.failure.code, "not_found");
  EXPECT_NE(outcome.failure.message.find("absent.dng"), std::string::npos);
  EXPECT_FALSE(fs::exists(request_.target));
}

TEST_F(Facade, ItsCallerSetsTheLimits) {
  request_.limits.side = 100;
  const auto refused = denoise_raw(request_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.failure.code, "too_large");
  EXPECT_NE(refused.failure.message.find("--limit-side"), std::string::npos);
  request_.limits.side = 0;
  EXPECT_EQ(denoise_raw(request_).failure.code, "usage");
  request_.limits.side = 1000;
  request_.limits.start_seconds = -1;
  EXPECT_EQ(denoise_raw(request_).failure.code, "usage");
  DenoiseRequest picture;
  picture.source = request_.source;
  picture.output.target = folder_ / "out.png";
  picture.limits.side = 100;
  EXPECT_EQ(denoise_picture(picture).failure.code, "too_large");
  UpscaleRequest larger;
  larger.source = request_.source;
  larger.output.target = folder_ / "out.png";
  larger.limits.side = 100;
  EXPECT_EQ(upscale_picture(larger).failure.code, "too_large");
  EXPECT_EQ(
      PreparedDenoise(request_.source, "latent-denoise", {}, {}, larger.limits).failure().code,
      "too_large");
  EXPECT_FALSE(fs::exists(folder_ / "out.png"));
}

TEST_F(Facade, AnExistingTargetIsKeptUntilTold) {
  std::ofstream(request_.target) << "precious";
  EXPECT_EQ(denoise_raw(request_).failure.code, "usage");
  EXPECT_EQ(fs::file_size(request_.target), 8U);
  request_.overwrite = true;
  EXPECT_TRUE(denoise_raw(request_));
  EXPECT_GT(fs::file_size(request_.target), 1000U);
}

TEST_F(Facade, TheSourceIsNeverReplaced) {
  fs::copy_file(request_.source, folder_ / "own.dng");
  request_.source = folder_ / "own.dng";
  const auto size = fs::file_size(request_.source);
  fs::create_symlink(request_.source, folder_ / "link.dng");
  request_.target = folder_ / "link.dng";
  request_.overwrite = true;
  const auto outcome = denoise_raw(request_);
  UpscaleRequest upscale;
  upscale.source = request_.source;
  upscale.output.target = request_.source;
  upscale.output.overwrite = true;
  for (const Failure& failure : {outcome.failure, upscale_picture(upscale).failure}) {
    EXPECT_EQ(failure.code, "usage");
    EXPECT_NE(failure.message.find("is the source itself"), std::string::npos);
  }
  EXPECT_EQ(fs::file_size(request_.source), size);
}

TEST_F(Facade, AModelThatThePolicyRefusesIsNotUsed) {
  std::ofstream(folder_ / "policy.toml") << "licences = ['MIT']\n";
  ::setenv("LATENT_CONFIG", folder_.c_str(), 1);
  const auto raw = denoise_raw(request_);
  UpscaleRequest upscale;
  upscale.source = request_.source;
  upscale.output.target = folder_ / "out.tif";
  const auto picture = upscale_picture(upscale);
  const PreparedDenoise prepared(request_.source);
  ::unsetenv("LATENT_CONFIG");
  for (const Failure& failure : {raw.failure, picture.failure, prepared.failure()}) {
    EXPECT_EQ(failure.code, "unsupported");
    EXPECT_NE(failure.message.find("refused by your policy"), std::string::npos);
  }
  EXPECT_FALSE(fs::exists(request_.target));
}

TEST_F(Facade, AWordThatIsNotInTheTableIsAUsageError) {
  DenoiseRequest picture;
  picture.source = request_.source;
  picture.output.target = folder_ / "out.tif";
  picture.how.detail = "all";
  EXPECT_EQ(denoise_picture(picture).failure.message,
            "detail takes auto, darktable or none, not 'all'");
  picture.how.detail = "auto";
  picture.output.bits = 12;
  EXPECT_EQ(denoise_picture(picture).failure.code, "usage");
  request_.engine = "abacus";
  EXPECT_EQ(denoise_raw(request_).failure.code, "usage");
}

TEST_F(Facade, AStopIsCancelled) {
  std::stop_source source;
  source.request_stop();
  const auto outcome = denoise_raw(request_, {}, source.get_token());
  EXPECT_EQ(outcome.failure.code, "cancelled");
  EXPECT_FALSE(fs::exists(request_.target));
}

TEST(FacadeVersion, IsThreeNumbers) { EXPECT_EQ(version().find('.'), 1U); }

}  // namespace
