// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/dense_crf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "dense_crf_judge.h"
#include "mask/permutohedral.h"

namespace latent::mask {
namespace {

/// The scene of make_dense_crf_judge.py.
struct Judged {
  Image<std::uint8_t> picture =
      Image<std::uint8_t>::create({kJudgedWidth, kJudgedHeight}, 3).value();
  SoftMask mask = SoftMask::create({kJudgedWidth, kJudgedHeight}).value();

  Judged() {
    for (int y = 0; y < kJudgedHeight; ++y) {
      for (int x = 0; x < kJudgedWidth; ++x) {
        const int noise = (x * 7 + y * 13 + x * y) % 9;
        const bool inside = is_inside(x, y);
        auto* pixel = &picture.view().at(x, y);
        pixel[0] = static_cast<std::uint8_t>((inside ? 170 : 70) + noise);
        pixel[1] = static_cast<std::uint8_t>((inside ? 90 : 120) + 2 * noise);
        pixel[2] = static_cast<std::uint8_t>(60 + y - noise);
        const int steps =
            std::clamp(18 - std::abs(x - 26), 0, 16) * std::clamp(16 - std::abs(y - 15), 0, 16);
        mask.view().at(x, y) = static_cast<float>(2 + steps) / 260.0F;
      }
    }
  }
  static bool is_inside(int x, int y) { return (x - 22) * (x - 22) + (y - 17) * (y - 17) <= 121; }
};

/// Every pair of points, in double precision.
std::vector<double> exact_sums(const std::vector<float>& features, int count,
                               const std::vector<float>& values) {
  const auto width = static_cast<std::size_t>(count);
  std::vector<double> sums(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      double squared = 0;
      for (std::size_t f = 0; f < width; ++f) {
        const double apart = double{features[i * width + f]} - double{features[j * width + f]};
        squared += apart * apart;
      }
      sums[i] += std::exp(-squared / 2) * double{values[j]};
    }
  }
  return sums;
}

std::vector<float> features_of(const Judged& scene, float near_px, float colour, bool colours) {
  std::vector<float> features;
  for (int y = 0; y < kJudgedHeight; ++y) {
    for (int x = 0; x < kJudgedWidth; ++x) {
      features.insert(features.end(),
                      {static_cast<float>(x) / near_px, static_cast<float>(y) / near_px});
      for (int c = 0; colours && c < 3; ++c) {
        features.push_back(static_cast<float>(scene.picture.view().at(x, y, c)) / colour);
      }
    }
  }
  return features;
}

std::vector<float> values_of(const SoftMask& mask) {
  std::vector<float> values;
  for (int y = 0; y < mask.height(); ++y) {
    const auto row = mask.view().row(y);
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

TEST(Permutohedral, IsNearTheExactGaussianMeanWithTwoAndWithFiveFeatures) {
  const Judged scene;
  for (const bool colours : {false, true}) {
    const int count = colours ? 5 : 2;
    const auto features = features_of(scene, 5, 25, colours);
    const auto values = values_of(scene.mask);
    const std::vector<float> ones(values.size(), 1.0F);
    const auto lattice = Permutohedral::create(features, count);
    ASSERT_TRUE(lattice) << lattice.error().sentence;
    std::vector<float> sums(values.size());
    std::vector<float> whole(values.size());
    lattice->sums(values, sums);
    lattice->sums(ones, whole);
    const auto exact = exact_sums(features, count, values);
    const auto exact_whole = exact_sums(features, count, ones);
    double worst = 0;
    double mean = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double off = std::abs(double{sums[i]} / double{whole[i]} - exact[i] / exact_whole[i]);
      worst = std::max(worst, off);
      mean += off / static_cast<double>(values.size());
    }
    // The lattice's kernel is a sum of tents: a little wider than the Gaussian in some directions.
    EXPECT_LT(worst, 0.06) << count;
    EXPECT_LT(mean, 0.012) << count;
  }
}

TEST(Permutohedral, KeepsAConstantMean) {
  const Judged scene;
  const auto features = features_of(scene, 5, 10, true);
  const auto lattice = Permutohedral::create(features, 5);
  ASSERT_TRUE(lattice);
  const std::vector<float> ones(lattice->points(), 1.0F);
  const std::vector<float> thirds(lattice->points(), 0.3F);
  std::vector<float> whole(lattice->points());
  std::vector<float> sums(lattice->points());
  lattice->sums(ones, whole);
  lattice->sums(thirds, sums);
  for (std::size_t i = 0; i < sums.size(); ++i)
    ASSERT_NEAR(sums[i], 0.3F * whole[i], 1e-4F * whole[i]);
}

TEST(Permutohedral, RefusesPlacesThatItCannotCount) {
  const std::vector<float> far{0, 0, 4000, 0};
  const auto lattice = Permutohedral::create(far, 2);
  ASSERT_FALSE(lattice);
  EXPECT_EQ(lattice.error().code, ErrorCode::TooLarge);
}

TEST(DenseCrf, FindsWhatTheAuthorsCodeFinds) {
  const Judged scene;
  CrfSettings settings;
  settings.near_weight = 1;
  settings.alike_weight = 2;
  const auto found = dense_crf(scene.picture.view(), scene.mask.view(), settings);
  ASSERT_TRUE(found) << found.error().sentence;
  const auto values = values_of(*found);
  int undecided = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], kJudgedMask[i], 2e-4F) << i;
    if (kJudgedMask[i] > 0.1F && kJudgedMask[i] < 0.9F) ++undecided;
  }
  EXPECT_GT(undecided, 100);  // else the comparison says little
}

/// The mean field with exact Gaussians.
std::vector<double> exact_field(const Judged& scene, const CrfSettings& settings) {
  const auto near = features_of(scene, settings.near_px, 1, false);
  const auto alike = features_of(scene, settings.near_px, settings.colour, true);
  const auto start = values_of(scene.mask);
  const std::vector<float> ones(start.size(), 1.0F);
  const auto near_whole = exact_sums(near, 2, ones);
  const auto alike_whole = exact_sums(alike, 5, ones);
  std::vector<float> found = start;
  for (int i = 0; i < settings.iterations; ++i) {
    const auto near_sums = exact_sums(near, 2, found);
    const auto alike_sums = exact_sums(alike, 5, found);
    for (std::size_t p = 0; p < found.size(); ++p) {
      const double own = std::log(double{start[p]} / (1 - double{start[p]}));
      const double said = double{settings.near_weight} * (2 * near_sums[p] / near_whole[p] - 1) +
                          double{settings.alike_weight} * (2 * alike_sums[p] / alike_whole[p] - 1);
      found[p] = static_cast<float>(1 / (1 + std::exp(-own - said)));
    }
  }
  return {found.begin(), found.end()};
}

TEST(DenseCrf, IsNearTheExactMeanField) {
  const Judged scene;
  const CrfSettings settings;
  const auto found = dense_crf(scene.picture.view(), scene.mask.view(), settings);
  ASSERT_TRUE(found);
  const auto values = values_of(*found);
  const auto exact = exact_field(scene, settings);
  double mean = 0;
  int other = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    mean += std::abs(double{values[i]} - exact[i]) / static_cast<double>(values.size());
    if ((values[i] > 0.5F) != (exact[i] > 0.5)) ++other;
  }
  EXPECT_LT(mean, 0.02);
  EXPECT_LE(other, 17);  // 1 % of the pixels
}

TEST(DenseCrf, MovesTheEdgeToThatOfThePicture) {
  const Judged scene;
  auto shifted = SoftMask::create(scene.mask.size()).value();
  for (int y = 0; y < kJudgedHeight; ++y) {
    for (int x = 0; x < kJudgedWidth; ++x) {
      shifted.view().at(x, y) = Judged::is_inside(x - 2, y - 1) ? 0.8F : 0.2F;
    }
  }
  const auto found = dense_crf(scene.picture.view(), shifted.view());
  ASSERT_TRUE(found);
  const auto wrong = [](const SoftMask& mask) {
    int count = 0;
    for (int y = 0; y < kJudgedHeight; ++y) {
      for (int x = 0; x < kJudgedWidth; ++x) {
        if ((mask.view().at(x, y) > 0.5F) != Judged::is_inside(x, y)) ++count;
      }
    }
    return count;
  };
  EXPECT_GT(wrong(shifted), 80);
  EXPECT_LT(wrong(*found), 8);
}

/// An object in the corner of a picture of 600 x 500, the rest of which is far from it.
TEST(DenseCrf, GivesTheSameWhetherItLooksFarOrNot) {
  const Judged scene;
  const Size large{600, 500};
  auto picture = Image<std::uint8_t>::create(large, 3).value();
  auto narrow = SoftMask::create(large).value();
  for (int y = 0; y < large.height; ++y) {
    for (int x = 0; x < large.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        picture.view().at(x, y, c) =
            scene.picture.view().at(x % kJudgedWidth, y % kJudgedHeight, c);
      }
      const bool here = x < kJudgedWidth && y < kJudgedHeight;
      narrow.view().at(x, y) = here ? scene.mask.view().at(x, y) : 0.009F;
    }
  }
  auto wide = narrow.clone().value();
  wide.view().at(599, 499) = 0.02F;  // makes all of it worth a look
  const auto one = dense_crf(picture.view(), narrow.view());
  const auto two = dense_crf(picture.view(), wide.view());
  ASSERT_TRUE(one && two);
  for (int y = 0; y < large.height; ++y) {
    for (int x = 0; x < large.width; ++x) {
      ASSERT_NEAR(one->view().at(x, y), two->view().at(x, y), 1e-4F) << x << ", " << y;
    }
  }
}

TEST(DenseCrf, StopsWhenItIsToldTo) {
  const Judged scene;
  std::stop_source source;
  source.request_stop();
  const auto found =
      dense_crf(scene.picture.view(), scene.mask.view(), {}, {source.get_token(), {}});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::mask
