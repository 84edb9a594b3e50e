// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/limits.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

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

/// The number behind `option` in the sentence of a refusal.
std::uint64_t allowed_by(const Status& refused, const std::string& option) {
  EXPECT_FALSE(refused);
  if (refused) return 0;
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
  const auto at = refused.error().sentence.find(option + " ");
  EXPECT_NE(at, std::string::npos) << refused.error().sentence;
  return at == std::string::npos
             ? 0
             : std::stoull(refused.error().sentence.substr(at + option.size() + 1));
}

TEST(Limits, ARefusalNamesTheLimitThatWouldAllowIt) {
  Limits limits;
  limits.max_side_px =
      static_cast<int>(allowed_by(check_dimensions(70'000, 10, {}), "--limit-side"));
  EXPECT_EQ(limits.max_side_px, 70'000);
  EXPECT_TRUE(check_dimensions(70'000, 10, limits));
  const auto area = check_dimensions(60'000, 10'001, {});
  EXPECT_NE(area.error().sentence.find("limit is 600 megapixels"), std::string::npos);
  limits.max_pixels = static_cast<std::int64_t>(allowed_by(area, "--limit-megapixels")) * 1'000'000;
  EXPECT_EQ(limits.max_pixels, 601'000'000);
  EXPECT_TRUE(check_dimensions(60'000, 10'001, limits));
}

TEST(Limits, WhatNoLimitAllowsIsToldWhatElseHelps) {
  const auto refused = check_dimensions(2'000'000'000, 2'000'000'000, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence.find("--limit"), std::string::npos);
  EXPECT_NE(refused.error().sentence.find("cut it into parts"), std::string::npos);
}

TEST(Limits, SamplesMayTakeHalfOfTheMemory) {
  Limits limits;
  EXPECT_TRUE(check_sample_memory(std::size_t{1} << 40U, limits));
  limits.max_memory_bytes = 100 * kMegabyte;
  EXPECT_TRUE(check_sample_memory(50 * kMegabyte, limits));
  const auto refused = check_sample_memory(50 * kMegabyte + 1, limits);
  limits.max_memory_bytes = allowed_by(refused, "--limit-memory") * kMegabyte;
  EXPECT_TRUE(check_sample_memory(50 * kMegabyte + 1, limits));
}

TEST(Limits, OfMetadataTheyNameWhatWouldHoldThem) {
  EXPECT_EQ(what_allows_metadata(70 * kMegabyte + 1), "--limit-metadata 71 allows it");
  EXPECT_EQ(what_allows_metadata(std::uint64_t{1} << 62U).find("--limit"), std::string::npos);
}

TEST(Limits, ThatAreNoneAreAMistake) {
  EXPECT_TRUE(check_limits({}));
  Limits limits;
  limits.max_side_px = 0;
  EXPECT_EQ(check_limits(limits).error().code, ErrorCode::Usage);
  limits = {};
  limits.max_pixels = -1;
  EXPECT_FALSE(check_limits(limits));
  limits.max_pixels = 1;  // less than a megapixel, for a caller that wants thumbnails alone
  EXPECT_TRUE(check_limits(limits));
  limits = {};
  limits.max_memory_bytes = 1;
  const auto refused = check_limits(limits);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().sentence.find("--limit-memory"), std::string::npos);
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
