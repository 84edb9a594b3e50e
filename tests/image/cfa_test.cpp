// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/cfa.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latent {
namespace {

std::vector<CfaColour> colours(const std::string& letters) {
  std::vector<CfaColour> result;
  for (const char letter : letters) {
    result.push_back(letter == 'R'   ? CfaColour::Red
                     : letter == 'G' ? CfaColour::Green
                                     : CfaColour::Blue);
  }
  return result;
}

TEST(CfaPattern, RepeatsInBothDirectionsAndBelowZero) {
  const auto bayer = CfaPattern::create({2, 2}, colours("RGGB"));
  ASSERT_TRUE(bayer);
  EXPECT_EQ(bayer->at(0, 0), CfaColour::Red);
  EXPECT_EQ(bayer->at(101, 57), CfaColour::Blue);
  EXPECT_EQ(bayer->at(-1, -1), CfaColour::Blue);
  EXPECT_EQ(bayer->at(-2, 3), CfaColour::Green);
}

TEST(CfaPattern, ShiftedIsThePatternSeenFromThere) {
  const auto bayer = CfaPattern::create({2, 2}, colours("RGGB"));
  ASSERT_TRUE(bayer);
  EXPECT_EQ(bayer->shifted({1, 0}).letters(), "GRBG");
  EXPECT_EQ(bayer->shifted({0, 1}).letters(), "GBRG");
  EXPECT_EQ(bayer->shifted({-1, -1}).letters(), "BGGR");
}

TEST(CfaPattern, XTransHasEighteenDistinctPhases) {
  const auto xtrans = CfaPattern::create({6, 6}, colours("GRGGBGBGBRGRGRGGBGGBGGRGRGRBGBGBGGRG"));
  ASSERT_TRUE(xtrans);
  std::set<std::string> phases;
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 6; ++x) phases.insert(xtrans->shifted({x, y}).letters());
  }
  EXPECT_EQ(phases.size(), 18U);
}

TEST(CfaPattern, MonoIsAllGreen) {
  const CfaPattern mono;
  EXPECT_TRUE(mono.is_mono());
  EXPECT_EQ(mono.at(17, -3), CfaColour::Green);
  EXPECT_EQ(mono.letters(), "mono");
}

TEST(CfaPattern, RefusesAPeriodThatDoesNotMatch) {
  EXPECT_FALSE(CfaPattern::create({2, 2}, colours("RGG")));
  EXPECT_FALSE(CfaPattern::create({0, 2}, {}));
  EXPECT_FALSE(CfaPattern::create({17, 1}, std::vector<CfaColour>(17)));
}

}  // namespace
}  // namespace latent
