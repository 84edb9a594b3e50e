// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defects.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "mosaics.h"

namespace latent::raw {
namespace {

constexpr double kA = 1e-4;
constexpr double kB = 4e-6;
constexpr double kBlack = 512;
constexpr double kRange = 15000 - 512;

/// Light of colour c (0, 1, 2) at a point of the frame, in units of white.
using Scene = std::function<double(double x, double y, int colour)>;

/// The scene through a mosaic of that pattern, with noise.
Mosaic photographed(const std::string& letters, Size size, const Scene& scene, unsigned seed = 1) {
  MosaicRecipe recipe;
  recipe.letters = letters;
  recipe.size = {size.width + 5, size.height + 3};
  recipe.active = {3, 1, size.width, size.height};
  Mosaic mosaic = random_mosaic(recipe);
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  const auto active = mosaic.samples.view().crop(mosaic.active);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double light = scene(x, y, rgb_index(mosaic.cfa.at(x + 3, y + 1)));
      const double noisy = light + std::sqrt(kA * light + kB) * normal(random);
      const double count = std::round(kBlack + kRange * noisy);
      active.at(x, y) = static_cast<std::uint16_t>(std::clamp(count, 0.0, 16383.0));
    }
  }
  return mosaic;
}

double slope(double x, double y, int colour) {
  return 0.05 + 0.0015 * x + 0.001 * y + 0.04 * colour;
}

/// Strikes every `step`th site in both directions; gives where.
std::set<std::pair<int, int>> strike(Mosaic& mosaic, int step, std::uint16_t count) {
  std::set<std::pair<int, int>> struck;
  const auto active = mosaic.samples.view().crop(mosaic.active);
  for (int y = 0; y < active.height(); y += step) {
    for (int x = 0; x < active.width(); x += step) {
      active.at(x, y) = count;
      struck.emplace(x, y);
    }
  }
  return struck;
}

std::set<std::pair<int, int>> places(const DefectReport& report) {
  std::set<std::pair<int, int>> found;
  for (const Defect& defect : report.defects) found.emplace(defect.x, defect.y);
  return found;
}

/// Points of this radius (standard deviation in pixels, over whole pixels) and of that much light
/// each.
Scene stars(double radius, bool red_only, double each = 0.8) {
  return [radius, red_only, each](double x, double y, int colour) {
    double light = 0.01;
    if (red_only && colour != 0) return light;
    for (int row = 0; row < 8; ++row) {
      for (int column = 0; column < 8; ++column) {
        const double dx = x - (20.0 * column + 10 + 0.37 * row);
        const double dy = y - (20.0 * row + 10 + 0.21 * column);
        const auto part = [radius](double d) {
          const double scale = radius * std::sqrt(2.0);
          return 0.5 * (std::erf((d + 0.5) / scale) - std::erf((d - 0.5) / scale));
        };
        light += each * part(dx) * part(dy);
      }
    }
    return light;
  };
}

class DefectsOf : public testing::TestWithParam<std::string> {};

TEST_P(DefectsOf, HotSitesAreFoundAndNothingElse) {
  Mosaic mosaic = photographed(GetParam(), {180, 161}, slope);
  const auto struck = strike(mosaic, 23, 14000);
  const auto report = find_defects(mosaic, noise_of(kA, kB), 3);
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(places(*report), struck);
  EXPECT_EQ(report->hot, static_cast<int>(struck.size()));
  EXPECT_EQ(report->dead, 0);
}

TEST_P(DefectsOf, DeadSitesAreFound) {
  Mosaic mosaic = photographed(GetParam(), {180, 160}, slope);
  const auto struck = strike(mosaic, 29, 512);
  const auto report = find_defects(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(report);
  EXPECT_EQ(places(*report), struck);
  EXPECT_EQ(report->dead, static_cast<int>(struck.size()));
}

TEST_P(DefectsOf, StarsStay) {
  for (const double radius : {0.4, 0.6, 1.0}) {
    const Mosaic mosaic = photographed(GetParam(), {170, 170}, stars(radius, false));
    const auto report = find_defects(mosaic, noise_of(kA, kB));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->defects.empty()) << radius << ": " << report->defects.size();
  }
}

TEST_P(DefectsOf, WarmSitesAreFoundInTheDarkAndFaintStarsStay) {
  constexpr double kDark = 0.01;
  const double sigma = std::sqrt(kA * kDark + kB);
  const auto warm = static_cast<std::uint16_t>(kBlack + kRange * (kDark + 11 * sigma));
  Mosaic mosaic = photographed(GetParam(), {400, 400}, [](double, double, int) { return kDark; });
  const auto struck = strike(mosaic, 23, warm);
  const auto report = find_defects(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(report);
  const auto found = places(*report);
  EXPECT_GT(found.size(), struck.size() * 7 / 10);
  for (const auto& place : found) EXPECT_TRUE(struck.contains(place));

  for (const double radius : {0.6, 1.0}) {
    for (const double light : {0.06, 0.12}) {  // centres up to 10 and 20 sigma above the sky
      const Mosaic sky = photographed(GetParam(), {170, 170}, stars(radius, false, light));
      const auto stars_taken = find_defects(sky, noise_of(kA, kB));
      ASSERT_TRUE(stars_taken);
      EXPECT_LE(stars_taken->defects.size(), 1U) << radius << ", " << light;
    }
  }
}

TEST_P(DefectsOf, TheResultDoesNotDependOnThreads) {
  Mosaic mosaic = photographed(GetParam(), {150, 300}, slope);
  strike(mosaic, 31, 13000);
  const auto one = find_defects(mosaic, noise_of(kA, kB), 1);
  const auto four = find_defects(mosaic, noise_of(kA, kB), 4);
  ASSERT_TRUE(one && four);
  EXPECT_EQ(one->defects, four->defects);
}

std::string pattern_name(const testing::TestParamInfo<std::string>& pattern) {
  if (pattern.param.empty()) return "mono";
  return pattern.param.size() == 4 ? "bayer" : "xtrans";
}

TEST_P(DefectsOf, TheQuickLookMissesNothing) {
  // Wider than what is looked at together, struck at every phase and at the frame's edge.
  Mosaic mosaic = photographed(GetParam(), {611, 130}, [](double x, double y, int) {
    return 0.2 + 0.1 * std::sin(0.02 * x) * std::cos(0.03 * y);
  });
  std::set<std::pair<int, int>> struck = strike(mosaic, 19, 15800);
  const auto active = mosaic.samples.view().crop(mosaic.active);
  for (const auto& [x, y] : {std::pair{610, 3}, std::pair{606, 129}, std::pair{5, 128}}) {
    active.at(x, y) = 15800;
    struck.emplace(x, y);
  }
  const auto report = find_defects(mosaic, noise_of(kA, kB), 2);
  ASSERT_TRUE(report);
  const auto found = places(*report);
  for (const auto& [x, y] : struck) EXPECT_TRUE(found.contains({x, y})) << x << ", " << y;
  EXPECT_EQ(found.size(), struck.size());
}

INSTANTIATE_TEST_SUITE_P(Patterns, DefectsOf, testing::Values(kBayerLetters, kXTransLetters, ""),
                         pattern_name);

TEST(Defects, DistantRedLightsAreSpared) {
  const Mosaic mosaic = photographed(kBayerLetters, {170, 170}, stars(0.3, true));
  const auto report = find_defects(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->spared[0]);
  EXPECT_TRUE(report->defects.empty());
}

TEST(Defects, TextureIsLeftAlone) {
  MosaicRecipe recipe;
  recipe.size = {300, 300};
  recipe.active = {0, 0, 300, 300};
  const Mosaic mosaic = random_mosaic(recipe);
  const auto report = find_defects(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->defects.empty());
}

TEST(Defects, PointsInTheTextureOfAnotherColourAreLeftAlone) {
  // Red is even but for single points no higher than the stripes that green shows around them.
  const Scene stripes = [](double x, double y, int colour) {
    const auto column = static_cast<int>(x);
    const auto row = static_cast<int>(y);
    if (colour == 0) return row % 60 < 2 && column % 60 < 2 ? 0.2 : 0.05;
    return colour == 1 ? 0.2 + 0.2 * (row / 2 % 2) : 0.1;
  };
  for (const std::string& letters : {kBayerLetters, kXTransLetters}) {
    const Mosaic mosaic = photographed(letters, {180, 180}, stripes);
    const auto report = find_defects(mosaic, noise_of(kA, kB));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->defects.empty()) << letters << ": " << report->defects.size();
  }
}

TEST(Defects, RepairPutsTheSurroundingsThere) {
  Mosaic mosaic = photographed(kBayerLetters, {120, 120}, slope);
  strike(mosaic, 40, 15500);
  const auto report = find_defects(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->defects.size(), 9U);
  repair(mosaic, report->defects);
  const auto active = std::as_const(mosaic).samples.view().crop(mosaic.active);
  for (const Defect& defect : report->defects) {
    EXPECT_EQ(defect.source, 15500);
    const int colour = rgb_index(mosaic.cfa.at(defect.x + 3, defect.y + 1));
    const double light = (active.at(defect.x, defect.y) - kBlack) / kRange;
    EXPECT_NEAR(light, slope(defect.x, defect.y, colour), 0.02);
  }
}

}  // namespace
}  // namespace latent::raw
