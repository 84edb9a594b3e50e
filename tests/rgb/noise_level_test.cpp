// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/noise_level.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <new>

#include "golden.h"
#include "patterns.h"

namespace latent::rgb {
namespace {

ReadArea reader_of(const Image<float>& picture) {
  return [&picture](const Rect& area, ImageView<float> out) {
    ASSERT_TRUE((Rect{0, 0, picture.width(), picture.height()}.contains(area)));
    const auto part = picture.view().crop(area);
    for (int y = 0; y < area.height; ++y) {
      std::copy(part.row(y).begin(), part.row(y).end(), out.row(y).begin());
    }
  };
}

NoiseLevel level_of(const Image<float>& picture, int threads = 1) {
  const auto level = estimate_level(picture.size(), reader_of(picture), threads);
  EXPECT_TRUE(level) << level.error().sentence;
  return level.value_or(NoiseLevel{});
}

Image<float> flat_noise(Size size, double mean, double sigma) {
  return picture_of(
      size, [=](auto x, auto y, auto c) { return mean + sigma * hashed_normal(x, y, c, 3); });
}

/// The picture with two mirrored pixels on every side.
Image<float> surrounded(const Image<float>& picture) {
  const Size size = picture.size();
  return picture_of({size.width + 4, size.height + 4}, [&](auto x, auto y, auto c) {
    return picture.view().at(mirror_index(static_cast<int>(x) - 2, size.width),
                             mirror_index(static_cast<int>(y) - 2, size.height),
                             static_cast<int>(c));
  });
}

TEST(EstimateLevel, AgreesWithTheJudge) {
  const NoiseLevel level = level_of(picture_of({230, 170}, noisy_slope));
  for (std::size_t k = 0; k < golden::kLevel.size(); ++k) {
    EXPECT_NEAR(level.sigma[k / 8][k % 8] / golden::kLevel[k], 1.0, 2e-3) << k;
  }
  EXPECT_NEAR(level.confidence, golden::kLevelConfidence[0], 5e-3);
  EXPECT_TRUE(level.estimated);
}

TEST(EstimateLevel, FindsWhiteNoiseOfEverySize) {
  for (const double sigma : {1.0 / 255, 5.0 / 255, 25.0 / 255, 75.0 / 255}) {
    const NoiseLevel level = level_of(flat_noise({320, 256}, 0.45, sigma));
    EXPECT_NEAR(level.at(1, 0.45F) / sigma, 1.0, 0.05) << sigma;
    EXPECT_GT(level.confidence, 0.5);
  }
}

TEST(EstimateLevel, GivesTheDefinitionWhereNoiseIsCorrelated) {
  // Means of 3x3: 8x8 blocks less a plane hold less than the whole variance.
  const auto noise = picture_of({400, 400}, [](auto x, auto y, auto c) {
    double sum = 0;
    for (std::uint32_t k = 0; k < 9; ++k) sum += hashed_normal(x + k % 3, y + k / 3, c, 4);
    return 0.5 + 0.02 * sum;
  });
  double squares = 0;
  int blocks = 0;
  for (int y = 0; y + 8 <= 400; y += 8) {
    for (int x = 0; x + 8 <= 400; x += 8) {
      double energy = 0;
      double mean = 0;
      double across = 0;
      double down = 0;
      for (int k = 0; k < 64; ++k) {
        const double value = static_cast<double>(noise.view().at(x + k % 8, y + k / 8)) - 0.5;
        energy += value * value;
        mean += value / 64;
        across += value * (k % 8 - 3.5);
        down += value * (k / 8 - 3.5);
      }
      squares += (energy - 64 * mean * mean - (across * across + down * down) / 336) / 61;
      ++blocks;
    }
  }
  const double truth = std::sqrt(squares / blocks);
  EXPECT_LT(truth, 0.0575);  // of 0.06
  EXPECT_NEAR(level_of(noise).at(0, 0.5F) / truth, 1.0, 0.05);
}

TEST(EstimateLevel, DoesNotDependOnThreads) {
  const auto picture = picture_of({230, 170}, noisy_slope);
  const NoiseLevel one = level_of(picture, 1);
  for (const int threads : {2, 5, 64}) {
    const NoiseLevel more = level_of(picture, threads);
    EXPECT_EQ(one.sigma, more.sigma) << threads;
    EXPECT_EQ(one.confidence, more.confidence);
  }
}

TEST(EstimateLevel, OutOfMemoryInAThreadIsAnError) {
  const auto read = [](const Rect& area, ImageView<float>) {
    if (area.y > 0) throw std::bad_alloc();
  };
  for (const int threads : {1, 2, 5}) {
    const auto level = estimate_level({230, 170}, read, threads);
    ASSERT_FALSE(level) << threads;
    EXPECT_EQ(level.error().code, ErrorCode::TooLarge);
  }
}

TEST(EstimateLevel, LooksAtASmallPartOfALargePicture) {
  const Size size{4000, 3000};
  std::atomic<std::int64_t> pixels = 0;
  const auto read = [&](const Rect& area, ImageView<float> out) {
    pixels += area.size().area();
    for (int y = 0; y < area.height; ++y) {
      const auto row = out.row(y);
      for (std::size_t i = 0; i < row.size(); ++i) {
        const auto x = static_cast<std::uint32_t>(i / 3);
        row[i] = static_cast<float>(0.5 + 0.1 * (hashed(x, static_cast<std::uint32_t>(area.y + y),
                                                        static_cast<std::uint32_t>(i % 3), 0) -
                                                 0.5));
      }
    }
  };
  const auto level = estimate_level(size, read, 2);
  ASSERT_TRUE(level) << level.error().sentence;
  EXPECT_NEAR(level->at(2, 0.5F), 0.1 / std::sqrt(12.0), 0.0006);
  EXPECT_LT(pixels, size.area() / 2);
}

TEST(EstimateLevel, IsNotMisledByClippedOrDamagedBlocks) {
  auto picture = picture_of({300, 200}, [](auto x, auto y, auto c) {
    const double value = (x < 150 ? 0.97 : 0.4) + 0.05 * hashed_normal(x, y, c, 5);
    return std::min(value, 1.0);
  });
  picture.view().at(200, 100, 0) = std::numeric_limits<float>::quiet_NaN();
  picture.view().at(220, 100, 1) = std::numeric_limits<float>::infinity();
  const NoiseLevel level = level_of(picture);
  for (const auto& channel : level.sigma) {
    for (const float sigma : channel) EXPECT_NEAR(sigma, 0.05, 0.003);
  }
}

TEST(EstimateLevel, WipedBlocksDoNotDriveItDown) {
  // Compression has left noise in four blocks of ten.
  const auto picture = picture_of({512, 512}, [](auto x, auto y, auto c) {
    const bool left = hashed(x / 8, y / 8, 0, 60) < 0.4;
    return 0.5 + (left ? 0.02 * hashed_normal(x, y, c, 6) : 0.0);
  });
  EXPECT_GT(level_of(picture).at(1, 0.5F), 0.01F);
}

TEST(EstimateLevel, TinyPicturesHaveNone) {
  for (const Size size : {Size{1, 1}, Size{3, 2}, Size{7, 300}, Size{8, 8}, Size{9, 17}}) {
    const NoiseLevel level = level_of(flat_noise(size, 0.5, 0.1), 3);
    for (const auto& channel : level.sigma) {
      for (const float sigma : channel) EXPECT_TRUE(std::isfinite(sigma));
    }
    EXPECT_LT(level.confidence, 0.1);
  }
}

TEST(EstimateLevel, AFlatPictureHasNoNoise) {
  const auto picture = picture_of({100, 100}, [](auto, auto, auto) { return 0.3; });
  EXPECT_LT(level_of(picture).overall(), 0.1F / 255);
}

TEST(NoiseLevel, IsLinearBetweenNodesAndConstantBeyond) {
  NoiseLevel level;
  for (std::size_t i = 0; i < 8; ++i) level.sigma[1][i] = 0.01F * static_cast<float>(i * i);
  EXPECT_FLOAT_EQ(level.at(1, -3.0F), 0.0F);
  EXPECT_FLOAT_EQ(level.at(1, 0.0625F), 0.0F);
  EXPECT_FLOAT_EQ(level.at(1, 0.1875F), 0.01F);
  EXPECT_FLOAT_EQ(level.at(1, 0.25F), 0.025F);
  EXPECT_FLOAT_EQ(level.at(1, 9.0F), 0.49F);
  EXPECT_FLOAT_EQ(level.at(0, 0.5F), 0.0F);
  EXPECT_TRUE(std::isfinite(level.at(1, std::numeric_limits<float>::quiet_NaN())));
}

TEST(NoiseLevel, UniformIsTheSameEverywhere) {
  const NoiseLevel level = NoiseLevel::uniform(0.1F);
  EXPECT_FLOAT_EQ(level.at(0, 0.1F), 0.1F);
  EXPECT_FLOAT_EQ(level.at(2, 2.0F), 0.1F);
  EXPECT_FLOAT_EQ(level.overall(), 0.1F);
  EXPECT_FALSE(level.estimated);
  EXPECT_EQ(level.confidence, 1.0);
}

TEST(CautiousLevel, IsTheEstimateWhereThatIsSureOrGiven) {
  NoiseLevel level = NoiseLevel::uniform(0.1F);
  EXPECT_EQ(cautious_level(level).sigma, level.sigma) << "given";
  level.estimated = true;
  level.confidence = 0.35;
  EXPECT_EQ(cautious_level(level).sigma, level.sigma) << "sure";
}

TEST(CautiousLevel, TakesLittleWhereNothingIsSure) {
  NoiseLevel level = NoiseLevel::uniform(20.0F / 255);
  level.estimated = true;
  level.confidence = 0.05;
  EXPECT_NEAR(cautious_level(level).overall() * 255, 1.5F, 1e-3F);
  level.confidence = 0.2;
  EXPECT_NEAR(cautious_level(level).overall() * 255, std::sqrt(20 * 1.5F), 1e-2F) << "in between";
}

TEST(CautiousLevel, RaisesNoCleanPictureByMuch) {
  NoiseLevel level = NoiseLevel::uniform(0.2F / 255);
  level.estimated = true;
  level.confidence = 0;
  EXPECT_NEAR(cautious_level(level).overall() * 255, 0.6F, 1e-3F);
  level = NoiseLevel::uniform(0);
  level.estimated = true;
  level.confidence = 0;
  EXPECT_EQ(cautious_level(level).overall(), 0);
}

TEST(LevelInterval, IsWideWhereTheEstimateIsDoubtfulAndNoneWhereTheLevelWasGiven) {
  NoiseLevel level = NoiseLevel::uniform(0.1F);
  EXPECT_EQ(interval_of(level).least, interval_of(level).most);
  level.estimated = true;
  level.confidence = 1;
  EXPECT_NEAR(interval_of(level).most, 0.11F, 1e-6F);
  level.confidence = 0;
  EXPECT_NEAR(interval_of(level).least, 0, 1e-6F);
  EXPECT_NEAR(interval_of(level).most, 0.2F, 1e-6F);
}

TEST(NoiseLevel, IsSummedUpOverWhatThePictureShows) {
  NoiseLevel level;
  for (std::size_t c = 0; c < 3; ++c) {
    level.sigma[c].fill(0.01F);
    level.sigma[c][7] = 0.5F;
    level.shown[c].fill(0);
    level.shown[c][2] = 1;
  }
  EXPECT_FLOAT_EQ(level.overall(), 0.01F);
}

TEST(ToldLevel, CoarseNoiseIsToldLargerAndAGivenLevelAsItIs) {
  NoiseLevel level = NoiseLevel::uniform(0.02F);
  level.fineness = {1.0F, 0.5F, 0.1F};
  EXPECT_EQ(told_level(level).sigma, level.sigma) << "given";
  level.estimated = true;
  const NoiseLevel told = told_level(level);
  EXPECT_FLOAT_EQ(told.sigma[0][3], 0.02F);
  EXPECT_NEAR(told.sigma[1][3], 0.03F, 1e-6F);
  EXPECT_FLOAT_EQ(told.sigma[2][3], 0.04F);
}

TEST(LevelPlanes, AgreeWithTheJudge) {
  const auto picture = picture_of({230, 170}, noisy_slope);
  NoiseLevel level;
  for (std::size_t k = 0; k < 24; ++k) {
    level.sigma[k / 8][k % 8] = static_cast<float>(golden::kLevel[k]);
  }
  const auto around = surrounded(picture);
  auto out = Image<float>::create(picture.size(), 3);
  level_planes(level, around.view(), out->view());
  for (std::size_t k = 0; k < golden::kLevelPlanes.size(); ++k) {
    EXPECT_NEAR(out->view().data()[k * 1999], golden::kLevelPlanes[k], 1e-6) << k;
  }
}

TEST(LevelPlanes, DoNotDependOnHowRowsAreCut) {
  const auto picture = picture_of({37, 23}, noisy_slope);
  NoiseLevel level = level_of(picture);
  for (std::size_t i = 0; i < 8; ++i) level.sigma[0][i] = 0.01F * static_cast<float>(i);
  auto whole = Image<float>::create({33, 19}, 3);
  level_planes(level, picture.view(), whole->view());
  auto part = Image<float>::create({20, 5}, 3);
  level_planes(level, picture.view().crop({7, 9, 24, 9}), part->view());
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 20; ++x) {
      for (int c = 0; c < 3; ++c) {
        EXPECT_EQ(part->view().at(x, y, c), whole->view().at(x + 7, y + 9, c));
      }
    }
  }
}

}  // namespace
}  // namespace latent::rgb
