// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_prompts.h"

#include <gmock/gmock.h>

#include "tasks/mask/prompt_file.h"

namespace latent::app {
namespace {

using tasks::prompt_list_from_json;
using tasks::prompts_from_json;
using testing::HasSubstr;

mask::PromptSet sample() {
  mask::PromptSet set;
  set.source_sha256 = std::string(64, 'a');
  set.source_size = {600, 400};
  mask::Prompt click{mask::PromptKind::Click, true, {{0.25, 0.5}}, 0};
  mask::Prompt box{mask::PromptKind::Box, true, {{0.1, 0.1}, {0.9, 0.75}}, 0};
  mask::Prompt erase{mask::PromptKind::Stroke, false, {{0.3, 0.3}, {0.4, 0.3}}, 0.02};
  set.objects = {{{box, click, erase}}, {{click}}};
  return set;
}

/// A set of one object with these prompts, as text.
std::string text_with(const std::string& prompts) {
  return R"({"latent_prompts": 1, "source": {"sha256": "", "width": 60, "height": 40},
             "objects": [{"prompts": [)" +
         prompts + "]}]}";
}

Error refusal(const std::string& text) {
  const auto read = prompts_from_json(text, "'p.json'");
  EXPECT_FALSE(read) << text;
  return read ? Error{} : read.error();
}

TEST(MaskPrompts, AreReadBackAsTheyWereWritten) {
  const std::string text = prompts_to_json(sample());
  EXPECT_EQ(text.back(), '\n');
  const auto again = prompts_from_json(text, "it");
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(*again, sample());
}

TEST(MaskPrompts, ThatAreWrongAreRefusedWithTheirPlace) {
  EXPECT_EQ(refusal(text_with(R"({"click": [0.5], "on_object": true})")).sentence,
            "'p.json': objects[0].prompts[0].click must be a place [x, y], or a list of such "
            "places");
  EXPECT_EQ(refusal(text_with(R"({"click": [0.5, 0.5]})")).sentence,
            "'p.json': objects[0].prompts[0].on_object must be true or false");
  EXPECT_EQ(refusal(text_with(R"({"click": [0.5, 0.5], "on_object": true, "x": 1})")).sentence,
            "'p.json': objects[0].prompts[0].x is a key that a mask's JSON does not know");
  EXPECT_THAT(refusal(text_with(R"({"tap": [0.5, 0.5]})")).sentence,
              HasSubstr("click is missing, as are a box and a stroke"));
  EXPECT_THAT(refusal(text_with(R"({"stroke": [[0.5, 0.5]], "on_object": true})")).sentence,
              HasSubstr("radius is missing (a number)"));
}

TEST(MaskPrompts, OutsideOfThePhotographAreAMistakeOfTheUser) {
  const Error error = refusal(text_with(R"({"click": [1.5, 0.5], "on_object": true})"));
  EXPECT_EQ(error.code, ErrorCode::Usage);
  EXPECT_THAT(error.sentence, HasSubstr("'p.json': objects[0].prompts[0].click cannot be used: "));
}

TEST(MaskPrompts, OfALaterVersionAreUnsupported) {
  const Error error = refusal(R"({"latent_prompts": 2})");
  EXPECT_EQ(error.code, ErrorCode::Unsupported);
  EXPECT_THAT(error.sentence, HasSubstr("version 2"));
}

TEST(MaskPrompts, OfAStrokeFileAreOneOrAList) {
  const std::string one =
      R"({"stroke": [[0.1, 0.2], [0.3, 0.2]], "radius": 0.01, "on_object": true})";
  EXPECT_EQ(prompt_list_from_json(one, "it")->size(), 1U);
  EXPECT_EQ(prompt_list_from_json("[" + one + ", " + one + "]", "it")->size(), 2U);
  const auto wrong = prompt_list_from_json("[" + one + ", 3]", "'s.json'");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().sentence, "'s.json': prompts[1] must be an object");
}

}  // namespace
}  // namespace latent::app
