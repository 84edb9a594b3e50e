// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/prompts.h"

#include <gmock/gmock.h>

#include <limits>

#include "scenes.h"

namespace latent::mask {
namespace {

using testing::HasSubstr;

PromptSet one_object(std::vector<Prompt> prompts) {
  PromptSet set;
  set.objects.push_back({std::move(prompts)});
  return set;
}

TEST(Prompts, TakeClicksBoxesAndStrokes) {
  EXPECT_TRUE(check_prompts(one_object(
      {click(0.5, 0.5), click(0, 1, false), box(0.1, 0.2, 0.9, 0.3), stroke({{0.2, 0.2}}, 0.01)})));
}

TEST(Prompts, RefuseWhatLiesOutsideThePhotograph) {
  for (const double x : {-0.001, 1.001, std::numeric_limits<double>::quiet_NaN()}) {
    const auto checked = check_prompt(click(x, 0.5));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::Usage);
    EXPECT_THAT(checked.error().sentence, HasSubstr("outside the photograph"));
  }
}

TEST(Prompts, RefuseABoxWithoutArea) {
  const auto checked = check_prompt(box(0.3, 0.3, 0.3, 0.9));
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().sentence, HasSubstr("no area"));
}

TEST(Prompts, RefuseAStrokeWithoutPlacesOrRadius) {
  EXPECT_FALSE(check_prompt(stroke({}, 0.1)));
  EXPECT_FALSE(check_prompt(stroke({{0.5, 0.5}}, 0)));
  EXPECT_FALSE(check_prompt(stroke({{0.5, 0.5}}, std::numeric_limits<double>::quiet_NaN())));
}

TEST(Prompts, RefuseAnObjectThatNobodyPointedAt) {
  const auto checked = check_prompts(one_object({click(0.5, 0.5, false)}));
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().sentence, HasSubstr("only what is not of it"));
  EXPECT_FALSE(check_prompts(PromptSet{}));
}

TEST(Prompts, RefuseMoreThanTheLimits) {
  PromptSet many;
  many.objects.resize(kMostObjects + 1, {{click(0.5, 0.5)}});
  EXPECT_FALSE(check_prompts(many));
  EXPECT_FALSE(check_prompts(one_object(std::vector<Prompt>(kMostPrompts + 1, click(0.5, 0.5)))));
}

TEST(PromptHistory, TakesBackAndDoesAgain) {
  PromptHistory history;
  EXPECT_FALSE(history.undo());
  ASSERT_TRUE(history.add(0, click(0.1, 0.1)));
  ASSERT_TRUE(history.add(0, click(0.2, 0.2)));
  ASSERT_TRUE(history.add(1, click(0.3, 0.3)));
  const PromptSet all = history.now();
  EXPECT_EQ(all.objects.size(), 2U);
  EXPECT_TRUE(history.undo());
  EXPECT_EQ(history.now().objects.size(), 1U);
  EXPECT_TRUE(history.redo());
  EXPECT_EQ(history.now(), all);
  EXPECT_FALSE(history.redo());
}

TEST(PromptHistory, ForgetsWhatWasUndoneWhenSomethingNewIsSaid) {
  PromptHistory history;
  ASSERT_TRUE(history.add(0, click(0.1, 0.1)));
  ASSERT_TRUE(history.add(0, click(0.2, 0.2)));
  ASSERT_TRUE(history.undo());
  ASSERT_TRUE(history.add(0, click(0.9, 0.9, false)));
  EXPECT_FALSE(history.redo());
  EXPECT_EQ(history.now().objects[0].prompts.back(), click(0.9, 0.9, false));
}

TEST(PromptHistory, KeepsItsStateWhereAPromptIsRefused) {
  PromptHistory history;
  ASSERT_TRUE(history.add(0, click(0.1, 0.1)));
  EXPECT_FALSE(history.add(0, click(1.5, 0.1)));
  EXPECT_FALSE(history.add(5, click(0.5, 0.1)));
  EXPECT_FALSE(history.remove_object(1));
  EXPECT_EQ(history.now().objects[0].prompts.size(), 1U);
  EXPECT_TRUE(history.remove_object(0));
  EXPECT_TRUE(history.now().objects.empty());
  EXPECT_TRUE(history.undo());
  EXPECT_EQ(history.now().objects.size(), 1U);
}

}  // namespace
}  // namespace latent::mask
