// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/area_average.h"

#include <gmock/gmock.h>

#include <vector>

namespace latent::read {
namespace {

TEST(AreaAverage, AveragesFourSamplesWorkedByHand) {
  const std::vector<std::uint8_t> four{10, 20, 30, 41};
  const auto one = area_average<std::uint8_t>({four.data(), {2, 2}, 2}, {1, 1}, {});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->view().at(0, 0), 25);  // 101 / 4 = 25.25
}

TEST(AreaAverage, SharesASampleBetweenTwo) {
  const std::vector<std::uint16_t> three{0, 300, 600};
  const auto two = area_average<std::uint16_t>({three.data(), {3, 1}, 3}, {2, 1}, {});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->view().at(0, 0), 100);  // (0 + 300 / 2) / 1.5
  EXPECT_EQ(two->view().at(1, 0), 500);
}

TEST(AreaAverage, KeepsAPictureOfTheSameSizeAndItsChannels) {
  const std::vector<std::uint16_t> rgb{1, 2, 3, 65535, 5, 6};
  const auto same = area_average<std::uint16_t>({rgb.data(), {2, 1}, 6, 3}, {2, 1}, {});
  ASSERT_TRUE(same);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(same->view().at(i / 3, 0, i % 3), rgb[static_cast<std::size_t>(i)]);
  }
}

TEST(AreaAverage, KeepsTheMean) {
  std::vector<std::uint16_t> samples;
  double sum = 0;
  for (int i = 0; i < 35 * 21; ++i) {
    samples.push_back(static_cast<std::uint16_t>(i * 7919 % 60000));
    sum += samples.back();
  }
  const auto small = area_average<std::uint16_t>({samples.data(), {35, 21}, 35}, {10, 6}, {});
  ASSERT_TRUE(small);
  double small_sum = 0;
  for (int y = 0; y < 6; ++y) {
    for (const std::uint16_t sample : std::as_const(*small).view().row(y)) small_sum += sample;
  }
  EXPECT_NEAR(small_sum / 60, sum / (35 * 21), 0.5);
}

}  // namespace
}  // namespace latent::read
