// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/limits.h"

#include <gtest/gtest.h>

#include <limits>

namespace latent {
namespace {

TEST(Limits, AllowsARealCamera) { EXPECT_TRUE(check_dimensions(11'648, 8'736, {})); }

TEST(Limits, RefusesNoPictureAsCorrupt) {
  for (const auto& [width, height] : {std::pair{0, 10}, std::pair{10, 0}, std::pair{-5, 10}}) {
    const auto verdict = check_dimensions(width, height, {});
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, ErrorCode::Corrupt);
  }
}

TEST(Limits, ARefusalSaysHowMuchIsAllowedAndNamesNoSettingThatNobodyCanSet) {
  const auto side = check_dimensions(70'000, 10, {});
  ASSERT_FALSE(side);
  EXPECT_EQ(side.error().code, ErrorCode::TooLarge);
  EXPECT_NE(side.error().message.find("65000"), std::string::npos);
  const auto area = check_dimensions(60'000, 60'000, {});
  ASSERT_FALSE(area);
  EXPECT_NE(area.error().message.find("600 megapixels"), std::string::npos);
  for (const auto& refused : {side, area}) {
    EXPECT_EQ(refused.error().message.find("setting"), std::string::npos);
    EXPECT_EQ(refused.error().message.find("max_"), std::string::npos);
  }
}

TEST(Limits, RowsOfOurOwnMakingHaveNone) {
  EXPECT_TRUE(check_dimensions(2'000'000'000, 2'000'000'000, no_limits_of_pixels()));
  EXPECT_FALSE(check_dimensions(0, 10, no_limits_of_pixels()));
}

TEST(Limits, CheckedMultiplyNeverWraps) {
  const auto most = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(*checked_multiply(6, 7), 42U);
  EXPECT_FALSE(checked_multiply(most, 2));
  EXPECT_EQ(*checked_multiply(most, 1), most);
}

}  // namespace
}  // namespace latent
