// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/alpha.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

namespace latent::rgb {
namespace {

template <class T>
Picture picture_of(Size size, int colours, bool associated, const std::vector<T>& samples) {
  Picture picture;
  picture.colours = colours;
  picture.alpha = true;
  picture.alpha_associated = associated;
  auto image = Image<T>::create(size, colours + 1);
  EXPECT_TRUE(image);
  std::copy(samples.begin(), samples.end(), image->view().data());
  picture.samples = *std::move(image);
  return picture;
}

template <class T>
std::vector<T> samples_of(const Picture& picture) {
  const auto view = std::get<Image<T>>(picture.samples).view();
  return {view.data(), view.data() + view.size().area() * view.channels()};
}

std::vector<int> told(const Image<std::uint8_t>& made_up) {
  const auto view = made_up.view();
  return {view.data(), view.data() + view.size().area()};
}

TEST(SpreadVisibleColours, GoesAsFarAsItMayAndLeavesTheRest) {
  Picture picture = picture_of<std::uint8_t>({6, 1}, 3, false, {1,   2,   3,  0,   //
                                                                4,   5,   6,  0,   //
                                                                7,   8,   9,  0,   //
                                                                255, 220, 39, 10,  //
                                                                0,   0,   0,  0,   //
                                                                50,  60,  70, 255});
  const auto made_up = spread_visible_colours(picture, 2);
  ASSERT_TRUE(made_up) << made_up.error().sentence;
  // The fifth lies between two, of which the sixth shows 25 times as much.
  const std::vector<std::uint8_t> expected{1,   2,   3,  0,   //
                                           255, 220, 39, 0,   //
                                           255, 220, 39, 0,   //
                                           255, 220, 39, 10,  //
                                           58,  66,  69, 0,   //
                                           50,  60,  70, 255};
  EXPECT_EQ(samples_of<std::uint8_t>(picture), expected);
  EXPECT_EQ(told(*made_up), (std::vector<int>{0, 1, 1, 0, 1, 0}));
}

TEST(SpreadVisibleColours, AssociatedColoursAreDividedAndLightWithoutAlphaStays) {
  Picture picture = picture_of<float>({5, 1}, 1, true,
                                      {0.25F, 0.5F,   //
                                       0.0F, 0.0F,    //
                                       0.0F, 0.0F,    //
                                       0.0F, 0.0F,    //
                                       0.3F, 0.0F});  // a flare
  const auto made_up = spread_visible_colours(picture, 1);
  ASSERT_TRUE(made_up);
  EXPECT_EQ(samples_of<float>(picture),
            (std::vector<float>{0.25F, 0.5F, 0.5F, 0.0F, 0.0F, 0.0F, 0.3F, 0.0F, 0.3F, 0.0F}));
  EXPECT_EQ(told(*made_up), (std::vector<int>{0, 1, 0, 1, 0}));
}

TEST(SpreadVisibleColours, WhatShowsEverywhereOrNowhereStays) {
  for (const int alpha : {0, 1, 65535}) {
    std::vector<std::uint16_t> samples;
    for (int k = 0; k < 12; ++k) {
      samples.insert(samples.end(),
                     {static_cast<std::uint16_t>(k), 7, 9, static_cast<std::uint16_t>(alpha)});
    }
    Picture picture = picture_of<std::uint16_t>({4, 3}, 3, false, samples);
    const auto made_up = spread_visible_colours(picture, 100);
    ASSERT_TRUE(made_up);
    EXPECT_EQ(samples_of<std::uint16_t>(picture), samples);
    EXPECT_EQ(told(*made_up), std::vector<int>(12, 0));
  }
}

/// The plain twin: the distance of every pixel to all others, and for every distance the whole
/// picture anew.
struct Twin {
  Size size;
  std::vector<float> samples;  ///< r, g, b, alpha

  [[nodiscard]] std::size_t at(int pixel) const { return 4 * static_cast<std::size_t>(pixel); }
  [[nodiscard]] int apart(int a, int b) const {
    return std::max(std::abs(a % size.width - b % size.width),
                    std::abs(a / size.width - b / size.width));
  }
  [[nodiscard]] int count() const { return static_cast<int>(size.area()); }

  [[nodiscard]] int distance(int pixel) const {
    int least = 1000;
    for (int k = 0; k < count(); ++k) {
      if (samples[at(k) + 3] > 0) least = std::min(least, apart(k, pixel));
    }
    return least;
  }

  void make_up(int pixel, const std::vector<int>& distances) {
    const int ring = distances[static_cast<std::size_t>(pixel)];
    std::array<double, 4> sum{};
    for (int k = 0; k < count(); ++k) {
      if (apart(k, pixel) != 1 || distances[static_cast<std::size_t>(k)] >= ring) continue;
      const double weight = ring == 1 ? static_cast<double>(samples[at(k) + 3]) : 1.0;
      for (std::size_t c = 0; c < 3; ++c) {
        sum[c] += weight * static_cast<double>(samples[at(k) + c]);
      }
      sum[3] += weight;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      samples[at(pixel) + c] = static_cast<float>(sum[c] / sum[3]);
    }
  }

  void spread(int reach_px) {
    std::vector<int> distances(static_cast<std::size_t>(count()));
    for (int pixel = 0; pixel < count(); ++pixel) {
      distances[static_cast<std::size_t>(pixel)] = distance(pixel);
    }
    for (int ring = 1; ring <= reach_px; ++ring) {
      for (int pixel = 0; pixel < count(); ++pixel) {
        if (distances[static_cast<std::size_t>(pixel)] == ring) make_up(pixel, distances);
      }
    }
  }
};

TEST(SpreadVisibleColours, AgreesWithThePlainTwin) {
  constexpr Size kSize{23, 19};
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
  std::vector<float> samples;
  for (int k = 0; k < kSize.area(); ++k) {
    const float alpha = uniform(random) < 0.03F ? uniform(random) : 0.0F;
    samples.insert(samples.end(), {uniform(random), 2 * uniform(random), -uniform(random), alpha});
  }
  for (const int reach : {0, 1, 3, 40}) {
    Picture picture = picture_of<float>(kSize, 3, false, samples);
    ASSERT_TRUE(spread_visible_colours(picture, reach));
    const auto found = samples_of<float>(picture);
    Twin twin{kSize, samples};
    twin.spread(reach);
    for (std::size_t k = 0; k < found.size(); ++k) {
      ASSERT_NEAR(found[k], twin.samples[k], 1e-5F) << k;
    }
  }
}

#ifdef NDEBUG  // a fault of the caller ends a debug build
TEST(SpreadVisibleColours, APictureWithoutAlphaIsRefused) {
  Picture picture;
  picture.samples = *Image<float>::create({2, 2}, 3);
  const auto made_up = spread_visible_colours(picture, 1);
  ASSERT_FALSE(made_up);
  EXPECT_EQ(made_up.error().code, ErrorCode::Internal);
}
#endif

}  // namespace
}  // namespace latent::rgb
