// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/advice.h"

#include <gtest/gtest.h>

namespace latent::app {
namespace {

const std::vector<std::string> kKnown{"strength", "luma", "chroma"};

TEST(Advice, NamesTheNearestWord) {
  EXPECT_EQ(advice("strenght", kKnown), "; did you mean strength?");
  EXPECT_EQ(advice("Luma", kKnown), "; did you mean luma?");
  EXPECT_EQ(advice("croma", kKnown), "; did you mean chroma?");
}

TEST(Advice, ListsAllWordsWhereNoneIsNear) {
  EXPECT_EQ(advice("exposure", kKnown), "; there are strength, luma, chroma");
}

TEST(Advice, CountsNoLettersOfAWordThatIsTooLong) {
  EXPECT_EQ(advice(std::string(65, 'l'), kKnown), "; there are strength, luma, chroma");
}

TEST(Advice, OfTwoEquallyNearWordsNamesTheFirst) {
  EXPECT_EQ(advice("lima", {"lama", "luma"}), "; did you mean lama?");
}

}  // namespace
}  // namespace latent::app
