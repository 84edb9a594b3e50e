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

/// Strikes sites at random until that share of the frame is struck, each with its like.
std::set<std::pair<int, int>> strike_share(Mosaic& mosaic, double share,
                                           const std::vector<Point>& shape) {
  std::set<std::pair<int, int>> struck;
  std::mt19937 random(5);
  const auto active = mosaic.samples.view().crop(mosaic.active);
  std::uniform_int_distribution<int> x(4, active.width() - 6);
  std::uniform_int_distribution<int> y(4, active.height() - 6);
  std::uniform_int_distribution<int> count(9000, 16000);
  const auto wanted = static_cast<std::size_t>(share * active.width() * active.height());
  while (struck.size() < wanted) {
    const Point at{x(random), y(random)};
    for (const Point& step : shape) {
      active.at(at.x + step.x, at.y + step.y) = static_cast<std::uint16_t>(count(random));
      struck.emplace(at.x + step.x, at.y + step.y);
    }
  }
  return struck;
}

TEST_P(DefectsOf, ManyOfALongExposureGo) {
  struct Case {
    double share;
    std::vector<Point> shape;
    double found;
  };
  const std::vector<Case> cases{{0.006, {{0, 0}}, 0.99},
                                {0.03, {{0, 0}}, 0.95},
                                {0.004, {{0, 0}, {1, 0}}, 0.95},
                                {0.004, {{0, 0}, {0, 1}}, 0.95},
                                {0.004, {{0, 0}, {1, 1}}, 0.95},
                                {0.003, {{0, 0}, {1, 0}, {0, 1}}, 0.9},
                                {0.003, {{0, 0}, {1, 0}, {0, 1}, {1, 1}}, 0.85}};
  for (const Case& one : cases) {
    Mosaic mosaic = photographed(GetParam(), {300, 300}, [](double x, double y, int colour) {
      return 0.01 + 1e-4 * x + 5e-5 * y + 0.005 * colour;
    });
    const auto struck = strike_share(mosaic, one.share, one.shape);
    const auto report = find_defects(mosaic, noise_of(kA, kB), 2);
    ASSERT_TRUE(report);
    const auto found = places(*report);
    std::size_t right = 0;
    for (const auto& place : found) right += struck.count(place);
    EXPECT_GE(static_cast<double>(right), one.found * static_cast<double>(struck.size()))
        << one.share << ", " << one.shape.size() << " together";
    EXPECT_EQ(found.size(), right) << one.share << ", " << one.shape.size() << " together";
    EXPECT_EQ(report->too_many, 0);
  }
}

TEST_P(DefectsOf, AStruckColumnAndAPartOfARowGo) {
  Mosaic mosaic = photographed(GetParam(), {220, 240}, slope);
  const auto active = mosaic.samples.view().crop(mosaic.active);
  std::set<std::pair<int, int>> struck;
  for (int y = 0; y < 240; ++y) {
    active.at(101, y) = static_cast<std::uint16_t>(std::min(16000, active.at(101, y) + 2500));
    struck.emplace(101, y);
  }
  // A row of X-Trans has two or three sites of a colour beside it: a part of one is not known.
  const bool row_too = GetParam().size() <= 4;
  for (int x = 0; row_too && x < 110; ++x) {
    active.at(x, 60) = 520;
    struck.emplace(x, 60);
  }
  const auto report = find_defects(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->lines, row_too ? 2 : 1);
  const auto found = places(*report);
  std::size_t right = 0;
  for (const auto& place : found) right += struck.count(place);
  EXPECT_GE(right, struck.size() * 97 / 100);
  EXPECT_LE(found.size(), right + 4);
}

TEST_P(DefectsOf, ALineOfTheSceneStays) {
  // A wire a site wide, as sharp as a lens gets it, straight and slanting.
  for (const double slant : {0.0, 0.25, 1.0}) {
    const Mosaic mosaic = photographed(GetParam(), {200, 200}, [&](double x, double y, int) {
      const double off = std::abs(x - 60 - slant * y) / std::hypot(1.0, slant);
      return 0.05 + 0.5 * std::exp(-off * off / (2 * 0.5 * 0.5));
    });
    const auto report = find_defects(mosaic, noise_of(kA, kB));
    ASSERT_TRUE(report);
    EXPECT_LE(report->defects.size(), 2U) << slant;
    EXPECT_EQ(report->lines, 0) << slant;
  }
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

TEST(Defects, MoreThanAGuardLetsThroughAreLeftAndCounted) {
  Mosaic mosaic = photographed(kBayerLetters, {300, 300}, slope);
  strike_share(mosaic, 0.07, {{0, 0}});
  const auto report = find_defects(mosaic, noise_of(kA, kB));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->defects.empty());
  EXPECT_GT(report->too_many, 300 * 300 * 4 / 100);
}

TEST(Defects, ADarkFrameThatHasClippedIsNotStruck) {
  Mosaic mosaic = photographed(kBayerLetters, {400, 400}, [](double, double, int) { return 0; });
  std::mt19937 random(3);
  std::normal_distribution<double> normal(0.0, 90.0);
  for (int y = 0; y < 400; ++y) {
    for (auto& count : mosaic.samples.view().crop(mosaic.active).row(y)) {
      count = static_cast<std::uint16_t>(std::max(0.0, std::round(normal(random))));
    }
  }
  mosaic.levels.black.counts = {0};
  mosaic.sample_min = 0;
  const auto report = find_defects(mosaic, noise_of(1e-3, 4.8e-6));  // a third of the true sigma
  ASSERT_TRUE(report);
  EXPECT_LE(report->defects.size(), 2U);
  EXPECT_FALSE(report->spared[0] || report->spared[2]);
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
