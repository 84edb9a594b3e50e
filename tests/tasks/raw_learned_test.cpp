// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/learned.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "sample_raw.h"

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;

constexpr Point kHot{100, 81};  // in the frame
constexpr Point kSparkle{201, 120};

/// A scene of its own for every number, with noise; the hot site shows in all.
Mosaic scene(int number, bool sparkle) {
  Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  std::mt19937 random(static_cast<unsigned>(number) + 5);
  std::normal_distribution<float> normal;
  auto frame = mosaic.samples.view().crop(mosaic.active);
  for (int y = 0; y < frame.height(); ++y) {
    for (int x = 0; x < frame.width(); ++x) {
      const float wave = std::sin(0.01F * static_cast<float>(x * (number + 1)) +
                                  0.017F * static_cast<float>(y) + static_cast<float>(number));
      const float light = 0.05F + 0.03F * wave;
      const float noisy = light + std::sqrt(1e-4F * light + 1e-6F) * normal(random);
      frame.at(x, y) = static_cast<std::uint16_t>(
          std::clamp(kSampleBlack + noisy * (kSampleWhite - kSampleBlack), 0.0F, 16000.0F));
    }
  }
  frame.at(kHot.x, kHot.y) = 9000;
  if (sparkle) frame.at(kSparkle.x, kSparkle.y) = 9000;
  return mosaic;
}

class RawLearned : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        ("learned-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path written(const std::string& name, const Mosaic& mosaic) {
    write_sample(mosaic, folder_ / name);
    sources_.push_back(folder_ / name);
    return folder_ / name;
  }
  LearnedSites learned() {
    SiteLearner learner(sources_, {}, 1);
    const auto photograph = read::Photograph::open(sources_.front(), {});
    EXPECT_TRUE(photograph);
    const auto sites = learner.sites_for(*photograph, {});
    EXPECT_TRUE(sites && *sites);
    return **sites;
  }

  fs::path folder_;
  std::vector<fs::path> sources_;
};

TEST_F(RawLearned, ASiteThatAllScenesShowIsTheCameras) {
  for (int number = 0; number < 4; ++number) {
    written(std::to_string(number) + ".dng", scene(number, number == 0));
  }
  const LearnedSites sites = learned();
  EXPECT_EQ(sites.frames, 4);
  ASSERT_TRUE(sites.known());
  EXPECT_EQ(sites.sites, std::vector<Point>{kHot});
}

TEST_F(RawLearned, FramesOfOneSceneCountOnce) {
  for (int number = 0; number < 4; ++number) {
    written(std::to_string(number) + ".dng", scene(1, true));  // a tripod
  }
  const LearnedSites sites = learned();
  EXPECT_EQ(sites.frames, 1);
  EXPECT_FALSE(sites.known());
  EXPECT_TRUE(sites.sites.empty());
}

TEST_F(RawLearned, OtherFilesTeachNothing) {
  for (int number = 0; number < 3; ++number) {
    written(std::to_string(number) + ".dng", scene(number, false));
  }
  written("small.dng", sample_mosaic(SensorClass::Bayer, {300, 220}));
  sources_.push_back(folder_ / "absent.dng");
  EXPECT_EQ(learned().frames, 3);
}

}  // namespace
}  // namespace latent::tasks
