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

TEST(ShownSize, StaysAsLongAsAreasFitAndFillAThirdOfIt) {
  ShownSize size;
  size.serve({100, 80});
  EXPECT_EQ(size.now(), (Size{512, 512})) << "the least: nothing is compiled for less";
  size.serve({1024, 640});
  EXPECT_EQ(size.now(), (Size{1024, 640}));
  size.serve({900, 600});
  EXPECT_EQ(size.now(), (Size{1024, 640}));
  size.serve({640, 1000});
  EXPECT_EQ(size.now(), (Size{640, 1024})) << "higher than it was";
  size.serve({300, 200});
  EXPECT_EQ(size.now(), (Size{512, 512})) << "a tenth of it";
}

TEST(Kept, GivesWhatServesTheLatestFirst) {
  Kept<int, int> kept;
  kept.keep(3, 30, 1);
  kept.keep(5, 50, 1);
  EXPECT_EQ(*kept.find_if([](int key) { return key >= 3; }), 50);
  EXPECT_EQ(*kept.find_if([](int key) { return key < 5; }), 30);
  EXPECT_EQ(*kept.find_if([](int key) { return key >= 3; }), 30) << "used last";
  EXPECT_EQ(kept.find_if([](int key) { return key > 5; }), nullptr);
}

}  // namespace
}  // namespace latent::tasks
