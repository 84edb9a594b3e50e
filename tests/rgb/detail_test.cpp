// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/detail.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "golden.h"
#include "patterns.h"

namespace latent::rgb {
namespace {

constexpr DetailThresholds kThresholds{0.4F, 0.2F, 0.1F, 0.05F, 0.02F};

struct Cut {
  int chunk = 1000;
  int threads = 1;
};

/// All rows, in the order in which they came.
std::vector<float> filtered(const Image<float>& residual, const Mix& mix, const Cut& cut = {},
                            const DetailThresholds& thresholds = kThresholds) {
  auto filter = DetailFilter::create(residual.size(), mix, thresholds, cut.threads);
  EXPECT_TRUE(filter);
  std::vector<float> result;
  int next = 0;
  for (int y = 0; y < residual.height(); y += cut.chunk) {
    const int rows = std::min(cut.chunk, residual.height() - y);
    const auto part = residual.view().crop({0, y, residual.width(), rows});
    const auto out = filter->add(part);
    EXPECT_TRUE(out);
    EXPECT_EQ(filter->first_row(), next);
    for (int k = 0; k < out->height(); ++k) {
      result.insert(result.end(), out->row(k).begin(), out->row(k).end());
    }
    next += out->height();
  }
  EXPECT_EQ(next, residual.height());
  return result;
}

std::vector<float> samples_of(const Image<float>& image) {
  const float* data = image.view().data();
  return {data, data + image.size().area() * image.channels()};
}

TEST(DetailFilter, AgreesWithTheJudge) {
  const auto out = filtered(picture_of({53, 41}, plain_noise), {0.4, 0.7, true});
  for (std::size_t k = 0; k < golden::kDetail.size(); ++k) {
    EXPECT_NEAR(out[13 * k], golden::kDetail[k], 2e-6) << k;
  }
}

TEST(DetailFilter, AgreesWithTheJudgeOnATinyPicture) {
  const auto out = filtered(picture_of({3, 2}, plain_noise), {0.4, 0.7, true});
  ASSERT_EQ(out.size(), golden::kDetailTiny.size());
  for (std::size_t k = 0; k < out.size(); ++k) EXPECT_NEAR(out[k], golden::kDetailTiny[k], 2e-6);
}

TEST(DetailFilter, TheWholeResidualGoesThroughBitForBit) {
  const auto residual = picture_of({70, 50}, plain_noise);
  for (const bool recover : {false, true}) {
    EXPECT_EQ(filtered(residual, {1.0, 1.0, recover}, {7, 2}), samples_of(residual));
  }
}

TEST(DetailFilter, DoesNotDependOnCutsOrThreads) {
  for (const Size size : {Size{2300, 130}, Size{70, 33}, Size{9, 200}, Size{1, 1}, Size{3, 2}}) {
    const auto residual = picture_of(size, plain_noise);
    const Mix mix{0.5, 0.8, true};
    const auto whole = filtered(residual, mix);
    for (const Cut& cut : {Cut{1, 1}, Cut{13, 2}, Cut{64, 5}, Cut{1000, 3}}) {
      EXPECT_EQ(filtered(residual, mix, cut), whole) << size.width << " " << cut.chunk;
    }
  }
}

TEST(DetailFilter, BandsOfColumnsAreOnePicture) {
  // Every band of columns must give what the middle of a narrower picture gives.
  const auto wide = picture_of({2600, 40}, plain_noise);
  const auto out = filtered(wide, {0.5, 1.0, true});
  for (const int first : {0, 800, 1250}) {
    auto part = Image<float>::create({500, 40}, 3);
    for (int y = 0; y < 40; ++y) {
      const auto row = wide.view().crop({first, 0, 500, 40}).row(y);
      std::copy(row.begin(), row.end(), part->view().row(y).begin());
    }
    const auto narrow = filtered(*part, {0.5, 1.0, true});
    for (int y = 0; y < 40; ++y) {
      for (int x = first == 0 ? 0 : kDetailReach; x < 500 - kDetailReach; ++x) {
        const auto at = static_cast<std::size_t>(3 * (y * 500 + x));
        const auto in_wide = static_cast<std::size_t>(3 * (y * 2600 + first + x));
        ASSERT_EQ(narrow[at], out[in_wide]) << first << " " << x << " " << y;
      }
    }
  }
}

TEST(DetailFilter, WithoutRecoveryItScalesLuminanceAndColourApart) {
  const auto residual = picture_of({20, 10}, plain_noise);
  const auto out = filtered(residual, {0.25, 0.5, false});
  for (std::size_t k = 0; k < out.size(); k += 3) {
    const float* pixel = residual.view().data() + k;
    const float grey = 0.2126F * pixel[0] + 0.7152F * pixel[1] + 0.0722F * pixel[2];
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(out[k + c], 0.25F * grey + 0.5F * (pixel[c] - grey), 1e-6);
    }
  }
}

TEST(DetailFilter, AtHalfStrengthNoiseComesBackLessThanTexture) {
  const float sigma = 0.02F;
  const auto noise = picture_of({256, 256}, [&](auto x, auto y, auto c) {
    return static_cast<double>(sigma) * hashed_normal(x, y, c, 8);
  });
  // Grey texture that the network took away by mistake, five times as strong as the noise.
  const auto texture = picture_of({256, 256}, [&](auto x, auto y, auto) {
    return 5.0 * static_cast<double>(sigma) * std::sin(1.3 * x) * std::sin(1.1 * y);
  });
  const auto thresholds = thresholds_of(NoiseLevel::uniform(sigma));
  const auto share_back = [&](const Image<float>& residual) {
    const auto away = filtered(residual, {0.5, 1.0, true}, {64, 2}, thresholds);
    double back = 0;
    double all = 0;
    for (std::size_t k = 0; k < away.size(); k += 3) {
      const float* pixel = residual.view().data() + k;
      const double grey = 0.2126 * static_cast<double>(pixel[0]) +
                          0.7152 * static_cast<double>(pixel[1]) +
                          0.0722 * static_cast<double>(pixel[2]);
      const double returned = static_cast<double>(pixel[1]) - static_cast<double>(away[k + 1]);
      back += returned * returned;
      all += grey * grey;
    }
    return std::sqrt(back / all);
  };
  const double of_noise = share_back(noise);
  const double of_texture = share_back(texture);
  EXPECT_GT(of_noise, 0.25);  // half as strong, not as strong as at 100
  EXPECT_LT(of_noise, 0.42);
  EXPECT_GT(of_texture, 0.42);
  EXPECT_LE(of_texture, 0.5);
}

TEST(DetailThresholds, FollowTheLevelAndTheStrength) {
  NoiseLevel level;
  for (std::size_t k = 0; k < 24; ++k) {
    level.sigma[k / 8][k % 8] = static_cast<float>(golden::kLevel[k]);
  }
  const auto thresholds = thresholds_of(level);
  for (std::size_t l = 0; l < 5; ++l) EXPECT_NEAR(thresholds[l], golden::kThresholds[l], 1e-6);
  EXPECT_NEAR(thresholds_of(level, 1.0)[2], 2 * thresholds[2], 1e-6);
  for (const float threshold : thresholds_of(level, 0.0)) EXPECT_EQ(threshold, 0.0F);
}

TEST(DetailThresholds, DarktablesAreItsOwn) {
  const auto thresholds = darktable_thresholds(0.1);
  EXPECT_FLOAT_EQ(thresholds[0], 0.025F);
  EXPECT_FLOAT_EQ(thresholds[4], 0.001F);
}

#ifdef NDEBUG  // a fault of the caller ends a debug build
TEST(DetailFilter, MoreRowsThanTheAreaHasAreRefused) {
  const auto residual = picture_of({20, 10}, plain_noise);
  auto filter = DetailFilter::create({20, 9}, {}, kThresholds, 1);
  ASSERT_TRUE(filter);
  EXPECT_FALSE(filter->add(residual.view()));
}
#endif

}  // namespace
}  // namespace latent::rgb
