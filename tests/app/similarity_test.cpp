// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/similarity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace latent::app {
namespace {

std::vector<float> noise(Size size, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
  std::vector<float> samples(static_cast<std::size_t>(size.area()) * 3);
  for (float& sample : samples) sample = uniform(random);
  return samples;
}

Similarity measure(Size size, const std::vector<float>& a, const std::vector<float>& b) {
  SimilarityMeter meter(size);
  for (int y = 0; y < size.height; ++y) {
    const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) * 3;
    meter.add(a.data() + row, b.data() + row);
  }
  return meter.finish();
}

TEST(Similarity, EqualPicturesAreOneAndHaveNoPsnr) {
  const Size size{23, 19};
  const auto a = noise(size, 1);
  const auto found = measure(size, a, a);
  EXPECT_FALSE(found.psnr);
  ASSERT_TRUE(found.ssim);
  EXPECT_NEAR(*found.ssim, 1.0, 1e-12);
  EXPECT_EQ(found.largest, 0.0);
}

TEST(Similarity, AConstantDifferenceHasItsPsnrAndMean) {
  const Size size{40, 30};
  auto a = noise(size, 1);
  auto b = a;
  for (std::size_t i = 1; i < b.size(); i += 3) b[i] += 0.1F;
  const auto found = measure(size, a, b);
  EXPECT_NEAR(*found.psnr, -10 * std::log10(0.01 / 3), 1e-4);
  EXPECT_NEAR(found.mean[1], 0.1, 1e-6);
  EXPECT_NEAR(found.mean[0], 0.0, 1e-12);
  EXPECT_NEAR(found.largest, 0.1, 1e-6);
}

TEST(Similarity, UnrelatedNoiseIsFarFromOne) {
  const Size size{64, 48};
  const auto found = measure(size, noise(size, 1), noise(size, 2));
  EXPECT_LT(*found.ssim, 0.2);
}

TEST(Similarity, ASmallPictureHasNoSsim) {
  const Size size{10, 50};
  EXPECT_FALSE(measure(size, noise(size, 1), noise(size, 2)).ssim);
  EXPECT_TRUE(measure({11, 11}, noise({11, 11}, 1), noise({11, 11}, 2)).ssim);
}

}  // namespace
}  // namespace latent::app
