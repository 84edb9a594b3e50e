// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/dark_end.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tasks/raw/measure.h"

namespace latent::tasks {
namespace {

/// A frame with hardly any light: noise around `black`, whatever lies below 0 cut off; red sites
/// are noisier than green ones.
Mosaic dark_frame(double black, Size size = {640, 480}) {
  std::mt19937 random(11);
  std::normal_distribution<double> noise(0, 1);
  Mosaic mosaic;
  mosaic.samples = Image<std::uint16_t>::create(size).value();
  mosaic.active = {0, 0, size.width, size.height};
  mosaic.crop = mosaic.active;
  mosaic.sensor = SensorClass::Bayer;
  mosaic.cfa = CfaPattern::create(
                   {2, 2}, {CfaColour::Red, CfaColour::Green, CfaColour::Green, CfaColour::Blue})
                   .value();
  mosaic.levels.black.counts = {static_cast<float>(black)};
  mosaic.levels.white.fill(4095);
  mosaic.sample_min = 65535;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const bool red = mosaic.cfa.at(x, y) == CfaColour::Red;
      // Long tails, as the dark current of a long exposure has them.
      const bool bright = red && random() % 300 == 0;
      const double tail = bright ? 40 + static_cast<double>(random() % 60) : 0;
      const double count = std::round(black - 6 + 4 * noise(random) + tail);
      const auto sample = static_cast<std::uint16_t>(std::clamp(count, 0.0, 4095.0));
      mosaic.samples.view().at(x, y) = sample;
      mosaic.sample_min = std::min(mosaic.sample_min, sample);
      mosaic.sample_max = std::max(mosaic.sample_max, sample);
    }
  }
  mosaic.bits_per_sample = 12;
  return mosaic;
}

TEST(DarkFrame, ThatIsClippedAtBlackIsKnown) {
  EXPECT_GT(raw::dark_end_of(dark_frame(0)).share, raw::DarkEnd::kMostlyCut);
  EXPECT_LT(raw::dark_end_of(dark_frame(256)).share, raw::DarkEnd::kMostlyCut);
}

TEST(DarkFrame, ThatIsClippedAtBlackTellsOfNoDistantLights) {
  const NoiseModel noise{{1e-4, 1e-4, 1e-4}, {1e-6, 1e-6, 1e-6}, NoiseModel::Origin::Given};
  Mosaic open = dark_frame(256);
  const auto told = repaired(open, {.listed = true, .found = true}, noise, 2);
  ASSERT_TRUE(told);
  const auto of_lights = [](const std::vector<std::string>& notices) {
    return std::ranges::count_if(notices, [](const std::string& notice) {
      return notice.find("distant lights") != std::string::npos;
    });
  };
  EXPECT_EQ(of_lights(told->notices), 1);  // there the notice is for
  Mosaic clipped = dark_frame(0);
  const auto silent = repaired(clipped, {.listed = true, .found = true}, noise, 2);
  ASSERT_TRUE(silent);
  EXPECT_EQ(of_lights(silent->notices), 0);
}

}  // namespace
}  // namespace latent::tasks
