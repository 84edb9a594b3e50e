// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/keep_means.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "mosaics.h"

namespace latent::raw {
namespace {

constexpr double kBlack = 512.0;
constexpr double kRange = 15000.0 - 512.0;
constexpr double kGain = 0.002;  ///< a of the noise: 4.5 % at white
constexpr Rect kActive{3, 1, 640, 480};

using Light = std::function<double(int x, int y)>;  ///< of a site of the frame, in (white - black)

Mosaic exposed(const std::string& letters, const Light& light, unsigned seed = 3) {
  MosaicRecipe recipe;
  recipe.letters = letters;
  recipe.phase = {1, 1};
  recipe.size = {650, 490};
  recipe.active = kActive;
  Mosaic mosaic = random_mosaic(recipe);
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 1);
  const auto active = mosaic.samples.view().crop(kActive);
  for (int y = 0; y < kActive.height; ++y) {
    for (int x = 0; x < kActive.width; ++x) {
      const double sample = light(x, y) + std::sqrt(kGain * light(x, y)) * noise(random);
      active.at(x, y) = static_cast<std::uint16_t>(std::lround(kBlack + kRange * sample));
    }
  }
  return mosaic;
}

int colour_at(const Mosaic& mosaic, int x, int y) {
  return rgb_index(mosaic.cfa.at(x + kActive.x, y + kActive.y));
}

/// What becomes of denoised rows that show `shown`, in (white - black), row after row of `area`.
std::vector<float> kept(const Mosaic& mosaic, const Light& shown, const Rect& area) {
  MeanKeeper keeper(mosaic, area, noise_of(kGain, 1e-7));
  const auto width = static_cast<std::size_t>(area.width);
  std::vector<float> all(width * static_cast<std::size_t>(area.height));
  const auto row_of = [&](int y) {
    return std::span(all).subspan(static_cast<std::size_t>(y) * width, width);
  };
  int corrected = 0;
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      row_of(y)[static_cast<std::size_t>(x)] =
          static_cast<float>(kBlack + kRange * shown(x + area.x, y + area.y));
    }
    keeper.add_row(y, row_of(y));
    EXPECT_LE(keeper.ready(), y + 1);
    EXPECT_GT(keeper.ready(), y - (MeanKeeper::kReach + 2) * MeanKeeper::kCell);
    for (; corrected < keeper.ready(); ++corrected) {
      keeper.correct_row(corrected, row_of(corrected));
    }
  }
  EXPECT_EQ(corrected, area.height);
  return all;
}

/// Mean of one colour in a part of `area`, less `expected`, in percent of (white - black).
double off(const Mosaic& mosaic, const std::vector<float>& result, const Rect& area,
           const Rect& part, int colour, double expected) {
  double sum = 0;
  int count = 0;
  for (int y = part.y; y < part.bottom(); ++y) {
    for (int x = part.x; x < part.right(); ++x) {
      if (colour_at(mosaic, x, y) != colour) continue;
      sum += static_cast<double>(
          result[static_cast<std::size_t>((y - area.y) * area.width + x - area.x)]);
      ++count;
    }
  }
  EXPECT_GT(count, 0);
  return 100.0 * ((sum / count - kBlack) / kRange - expected);
}

std::vector<int> colours_of(const std::string& letters) {
  return letters.empty() ? std::vector{1} : std::vector{0, 1, 2};
}

constexpr Rect kWhole{0, 0, 640, 480};

TEST(KeepMeans, AFlatFieldThatWasMovedComesBack) {
  constexpr std::array kMoved{0.004, -0.002, 0.003};
  for (const std::string& letters : {kBayerLetters, kXTransLetters, std::string()}) {
    const Mosaic mosaic = exposed(letters, [](int, int) { return 0.4; });
    const Light shown = [&](int x, int y) {
      return 0.4 + kMoved[static_cast<std::size_t>(colour_at(mosaic, x, y))];
    };
    for (const Rect& area : {kWhole, Rect{64, 32, 501, 402}}) {
      const auto result = kept(mosaic, shown, area);
      for (const int colour : colours_of(letters)) {
        EXPECT_LT(std::abs(off(mosaic, result, area, area, colour, 0.4)), 0.1)
            << letters << colour << " of " << area.width;
      }
    }
  }
}

TEST(KeepMeans, PlacesOfOtherColoursAreToldApart) {
  const Light light = [](int x, int) { return x < 320 ? 0.2 : 0.7; };
  const Mosaic mosaic = exposed(kBayerLetters, light);
  const Light shown = [&](int x, int) { return x < 320 ? 0.2 + 0.003 : 0.7 - 0.003; };
  const auto result = kept(mosaic, shown, kWhole);
  for (const int colour : {0, 1, 2}) {
    EXPECT_LT(std::abs(off(mosaic, result, kWhole, {0, 0, 288, 480}, colour, 0.2)), 0.1);
    EXPECT_LT(std::abs(off(mosaic, result, kWhole, {352, 0, 288, 480}, colour, 0.7)), 0.1);
  }
}

TEST(KeepMeans, WhatIsRightHardlyChanges) {
  // Detail at random: no two cells look alike, and every cell has 256 red sites at most.
  std::mt19937 random(8);
  std::uniform_real_distribution<double> values(0.02, 0.9);
  std::vector<double> steps(20 * 15);
  for (double& step : steps) step = values(random);
  const Light light = [&](int x, int y) {
    return steps[static_cast<std::size_t>(y / 32 * 20 + x / 32)] * (0.8 + 0.2 * ((x ^ y) & 1));
  };
  const Mosaic mosaic = exposed(kBayerLetters, light);
  const auto result = kept(mosaic, light, kWhole);
  double square = 0;
  double worst = 0;
  for (int y = 0; y < kWhole.height; ++y) {
    for (int x = 0; x < kWhole.width; ++x) {
      const double value = static_cast<double>(result[static_cast<std::size_t>(y * 640 + x)]);
      const double moved = (value - kBlack) / kRange - light(x, y);
      square += moved * moved;
      worst = std::max(worst, std::abs(moved));
    }
  }
  EXPECT_LT(100 * std::sqrt(square / static_cast<double>(kWhole.size().area())), 0.03);
  EXPECT_LT(100 * worst, 0.2);
}

TEST(KeepMeans, AHotSiteThatTheNetworkTookAwayLeavesNoGlow) {
  Mosaic mosaic = exposed(kBayerLetters, [](int, int) { return 0.01; });
  const auto before = kept(
      mosaic, [](int, int) { return 0.01; }, kWhole);
  for (int i = 0; i < 20; ++i) {
    mosaic.samples.view().crop(kActive).at(31 * i + 9, 23 * i + 11) = 15000;
  }
  const auto result = kept(
      mosaic, [](int, int) { return 0.01; }, kWhole);
  double worst = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    worst = std::max(worst, static_cast<double>(std::abs(result[i] - before[i])) / kRange);
  }
  EXPECT_LT(100 * worst, 0.02);
}

TEST(KeepMeans, WithoutNoiseNothingIsAdded) {
  const Mosaic mosaic = exposed(kBayerLetters, [](int, int) { return 0.3; });
  MeanKeeper keeper(mosaic, kWhole, NoiseModel{});
  const std::vector<float> row(640, 1000.0F);
  for (int y = 0; y < kWhole.height; ++y) keeper.add_row(y, row);
  ASSERT_EQ(keeper.ready(), kWhole.height);
  std::vector<float> corrected = row;
  keeper.correct_row(17, corrected);
  EXPECT_EQ(corrected, row);
}

TEST(KeepMeans, WhatIsNoNumberStaysWhereItIs) {
  const Mosaic mosaic = exposed(kBayerLetters, [](int, int) { return 0.3; });
  const Light shown = [](int x, int y) {
    return x == 100 && y == 90 ? std::numeric_limits<double>::quiet_NaN() : 0.303;
  };
  const auto result = kept(mosaic, shown, kWhole);
  EXPECT_EQ(std::ranges::count_if(result, [](float value) { return std::isnan(value); }), 1);
}

TEST(KeepMeans, APartBecomesWhatItIsInTheWhole) {
  const Light light = [](int x, int y) { return 0.1 + 0.0005 * x + 0.0003 * y; };
  const Mosaic mosaic = exposed(kXTransLetters, light);
  const Light shown = [&](int x, int y) {
    return light(x, y) + (colour_at(mosaic, x, y) == 0 ? 0.002 : -0.001);
  };
  const auto whole = kept(mosaic, shown, kWhole);
  for (const Rect& area : {Rect{301, 225, 50, 40}, Rect{320, 224, 32, 32}, Rect{600, 3, 40, 9}}) {
    const Rect seen = MeanKeeper::needed(area, kWhole.size());
    EXPECT_LT(seen.size().area(), kWhole.size().area());
    const auto part = kept(mosaic, shown, seen);
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        ASSERT_EQ(part[static_cast<std::size_t>((y - seen.y) * seen.width + x - seen.x)],
                  whole[static_cast<std::size_t>(y * kWhole.width + x)])
            << x << " " << y;
      }
    }
  }
}

TEST(KeepMeans, AllOfAFrameIsNeededForAllOfIt) {
  EXPECT_EQ(MeanKeeper::needed(kWhole, kWhole.size()), kWhole);
  const Rect odd{0, 0, 33, 1};
  EXPECT_EQ(MeanKeeper::needed(odd, odd.size()), odd);
}

TEST(KeepMeans, AnAreaOfAFewPixelsIsTaken) {
  const Mosaic mosaic = exposed(kXTransLetters, [](int, int) { return 0.5; });
  const Rect area{639, 479, 1, 1};
  const auto result = kept(
      mosaic, [](int, int) { return 0.5; }, area);
  EXPECT_NEAR(static_cast<double>(result[0]), kBlack + kRange * 0.5, 0.001 * kRange);
}

}  // namespace
}  // namespace latent::raw
