// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/kept.h"

#include <gtest/gtest.h>

#include <string>

namespace latent::tasks {
namespace {

using Names = Kept<int, std::string>;
constexpr std::size_t kThird = Names::kMostBytes / 3;

TEST(Kept, FindsWhatItKeepsAndNothingElse) {
  Names names;
  EXPECT_EQ(names.find(1), nullptr);
  EXPECT_EQ(names.keep(1, "one", 10), "one");
  ASSERT_NE(names.find(1), nullptr);
  EXPECT_EQ(*names.find(1), "one");
  EXPECT_EQ(names.find(2), nullptr);
}

TEST(Kept, WhatWasLookedAtLongestAgoGoesFirst) {
  Names names;
  names.keep(1, "one", kThird);
  names.keep(2, "two", kThird);
  names.keep(3, "three", kThird);
  ASSERT_NE(names.find(1), nullptr);
  names.keep(4, "four", kThird);
  EXPECT_EQ(names.find(2), nullptr);
  EXPECT_NE(names.find(1), nullptr);
  EXPECT_NE(names.find(3), nullptr);
  EXPECT_EQ(names.size(), 3U);
}

TEST(Kept, OneThatTakesAllThereIsStandsAlone) {
  Names names;
  names.keep(1, "one", 10);
  EXPECT_EQ(names.keep(2, "two", 2 * Names::kMostBytes), "two");
  EXPECT_EQ(names.size(), 1U);
  names.keep(3, "three", 10);
  EXPECT_EQ(names.find(2), nullptr);
  EXPECT_NE(names.find(3), nullptr);
}

}  // namespace
}  // namespace latent::tasks
