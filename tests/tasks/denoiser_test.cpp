// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/denoiser.h"

#include <gmock/gmock.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

using testing::HasSubstr;

class Denoisers : public TaskTest {
 protected:
  Denoiser denoiser(const std::string& name) const {
    auto denoiser = Denoiser::create(package(name), engine_, {});
    EXPECT_TRUE(denoiser) << denoiser.error().sentence;
    return *std::move(denoiser);
  }
};

TEST_F(Denoisers, MadeForLatentRefuseDarktablesArithmetic) {
  DenoiseSettings settings;
  settings.compat = models::Compat::Darktable56;
  const Status adopted = denoiser("tiny-mean-200").adopt(settings);
  ASSERT_FALSE(adopted);
  EXPECT_EQ(adopted.error().code, ErrorCode::Usage);
  Denoiser foreign = denoiser("darktable-denoise");
  EXPECT_FALSE(foreign.as_darktable());
  ASSERT_TRUE(foreign.adopt(settings));
  EXPECT_TRUE(foreign.as_darktable());
  EXPECT_FALSE(foreign.level_told(rgb::NoiseLevel::uniform(0.1F)));
}

TEST_F(Denoisers, AreNotMadeOfAPackageForAnotherTask) {
  const auto refused = Denoiser::create(package("tiny-sensors"), engine_, {});
  ASSERT_FALSE(refused);
}

TEST_F(Denoisers, GiveThePictureInMemoryTheProfileAndTheDepthOfItsSource) {
  Denoiser mean = denoiser("tiny-mean-200");
  const auto source = PictureSource::of(sample_picture({64, 48})).value();
  DenoiseSettings settings;
  settings.level = 20;
  PictureReport report;
  const auto clean = mean.denoised(source, settings, nullptr, {}, report);
  ASSERT_TRUE(clean) << clean.error().sentence;
  EXPECT_EQ(clean->depth(), SampleDepth::F32);
  EXPECT_EQ(clean->icc, source.picture().icc);
  EXPECT_EQ(clean->size(), (Size{64, 48}));
  // The network leaves the mean of 3 x 3 pixels.
  const auto& noisy = std::get<Image<float>>(source.picture().samples);
  double sum = 0;
  for (int y = 10; y < 13; ++y) {
    for (int x = 20; x < 23; ++x) sum += static_cast<double>(noisy.view().at(x, y, 1));
  }
  EXPECT_NEAR(std::get<Image<float>>(clean->samples).view().at(21, 11, 1), sum / 9, 1e-4);
}

TEST_F(Denoisers, WarnOfNoiseBeyondWhatTheModelWasTrainedFor) {
  Denoiser mean = denoiser("tiny-mean-200");
  const auto source = PictureSource::of(sample_picture({64, 48})).value();
  DenoiseSettings settings;
  settings.level = 200;
  PictureReport report;
  ASSERT_TRUE(mean.denoised(source, settings, nullptr, {}, report));
  EXPECT_THAT(report.notices, testing::Contains(HasSubstr("is stronger than the 102")));
}

TEST(DoubtAboutNoise, NamesTheLevelThatIsUsedWhereTheEstimateIsUncertain) {
  rgb::NoiseLevel level = rgb::NoiseLevel::uniform(20.0F / 255.0F);
  level.estimated = true;
  level.confidence = 1;
  EXPECT_EQ(doubt_about(level), "");
  level.confidence = 0;
  EXPECT_THAT(doubt_about(level), HasSubstr("--level 20.0 removes more"));
}

}  // namespace
}  // namespace latent::tasks
