// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/counts.h"

#include <gtest/gtest.h>

#include "raw/keep_means.h"
#include "sample_raw.h"

namespace latent::tasks {
namespace {

constexpr models::EncodingLimits kLimits{0.0015, 0.2, 10.0};

NoiseModel sample_noise() {
  NoiseModel noise;
  noise.a.fill(1e-4);
  noise.b.fill(1e-5);
  return noise;
}

/// The counts of `area` where the network finds `residual` everywhere in `seen`.
Image<float> counts_of(const Mosaic& mosaic, const raw::Encoder& encoder, const Rect& seen,
                       const Rect& area, float residual) {
  auto counts = CountsOfResidual::create(mosaic, encoder, seen, area, sample_noise());
  EXPECT_TRUE(counts) << counts.error().sentence;
  auto found = Image<float>::create(area.size()).value();
  int next = 0;
  const auto take = [&](int row, std::span<const float> values) -> Status {
    EXPECT_EQ(row, next++);
    std::ranges::copy(values, found.view().row(row).begin());
    return {};
  };
  auto band = Image<float>::create({seen.width, 16}).value();
  for (int y = 0; y < 16; ++y) std::ranges::fill(band.view().row(y), residual);
  for (int first = 0; first < seen.height; first += 16) {
    const Rect rows{0, 0, seen.width, std::min(16, seen.height - first)};
    EXPECT_TRUE(counts->add(first, std::as_const(band).view().crop(rows), take));
  }
  EXPECT_EQ(next, area.height);
  return found;
}

TEST(RawCounts, OfNoResidualAreThoseOfTheSource) {
  const Mosaic mosaic = sample_mosaic(SensorClass::Bayer, {120, 90});
  const auto encoder = raw::Encoder::create(mosaic, sample_noise(), kLimits);
  ASSERT_TRUE(encoder) << encoder.error().sentence;
  const Rect area{4, 6, 60, 40};
  const auto counts = counts_of(mosaic, *encoder, area, area, 0);
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      const int count =
          mosaic.samples.view().at(mosaic.active.x + area.x + x, mosaic.active.y + area.y + y);
      ASSERT_NEAR(counts.view().at(x, y), count, 0.05);
    }
  }
}

TEST(RawCounts, OfAResidualAboveZeroAreSmaller) {
  const Mosaic mosaic = sample_mosaic(SensorClass::Mono, {120, 90});
  const auto encoder = raw::Encoder::create(mosaic, sample_noise(), kLimits);
  ASSERT_TRUE(encoder) << encoder.error().sentence;
  const Rect area{0, 0, 40, 40};
  const auto none = counts_of(mosaic, *encoder, area, area, 0);
  const auto some = counts_of(mosaic, *encoder, area, area, 0.01F);
  EXPECT_LT(some.view().at(7, 9), none.view().at(7, 9) - 10);
}

TEST(RawCounts, WithMeansThatAreKeptGiveBackTheLightThatAWrongResidualTakesAway) {
  const Mosaic mosaic = sample_mosaic(SensorClass::Bayer, {420, 320});
  const auto plain = raw::Encoder::create(mosaic, sample_noise(), kLimits);
  const auto keeping = raw::Encoder::create(mosaic, sample_noise(), kLimits, sample_noise());
  ASSERT_TRUE(plain && keeping);
  const Rect frame{0, 0, mosaic.active.width, mosaic.active.height};
  const Rect area{150, 120, 40, 30};
  const Rect seen = raw::MeanKeeper::needed(area, frame.size());
  const auto without = counts_of(mosaic, *plain, area, area, 0.002F);
  const auto with = counts_of(mosaic, *keeping, seen, area, 0.002F);
  double lost = 0;
  double kept = 0;
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      const int count =
          mosaic.samples.view().at(mosaic.active.x + area.x + x, mosaic.active.y + area.y + y);
      lost += count - static_cast<double>(without.view().at(x, y));
      kept += count - static_cast<double>(with.view().at(x, y));
    }
  }
  EXPECT_GT(lost, 0);
  EXPECT_LT(std::abs(kept), 0.1 * lost);
}

}  // namespace
}  // namespace latent::tasks
