// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/name_pattern.h"

#include <gmock/gmock.h>

namespace latent::app {
namespace {

using testing::HasSubstr;

NameFacts facts_of(const std::string& source, std::optional<std::string> taken = std::nullopt) {
  return {source, 7, "denoise", "_denoise", [taken] { return taken; }};
}

TEST(NamePattern, ReplacesWhatTheSourceAndTheJobSay) {
  const auto name = expanded("$(FILE_FOLDER)/$(SEQUENCE)_$(FILE_NAME)$(SUFFIX).$(FILE_EXTENSION)",
                             facts_of("card/a.b.NEF"));
  ASSERT_TRUE(name) << name.error().sentence;
  EXPECT_EQ(*name, "card/0007_a.b_denoise.NEF");
}

TEST(NamePattern, TakesTheDateOfThePhotographInBothSpellings) {
  const auto name =
      expanded("$(EXIF.YEAR)/$(EXIF_MONTH)-$(EXIF.DAY)", facts_of("a.jpg", "2024:05:31 18:20:05"));
  ASSERT_TRUE(name) << name.error().sentence;
  EXPECT_EQ(*name, "2024/05-31");
}

TEST(NamePattern, RefusesAPhotographWithoutADateOrWithADamagedOne) {
  for (const auto& taken :
       {std::optional<std::string>(), std::optional<std::string>(""),
        std::optional<std::string>("../../../etc"), std::optional<std::string>("20/4:05")}) {
    const auto name = expanded("$(EXIF.YEAR)", facts_of("a.jpg", taken));
    ASSERT_FALSE(name) << *name;
    EXPECT_THAT(name.error().sentence, HasSubstr("does not say when it was taken"));
  }
}

TEST(NamePattern, RefusesUnknownVariablesByName) {
  const Status checked = check_variables("a/$(FILE_NAME)/$(CAMERA).tif");
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().sentence, HasSubstr("$(CAMERA) is no variable"));
  EXPECT_FALSE(check_variables("$(FILE_NAME"));
  EXPECT_TRUE(check_variables("plain $ name (1).tif"));
}

TEST(NamePattern, LeavesOtherNamesAsTheyAre) {
  EXPECT_FALSE(has_variables("a $ b/(c).tif"));
  const auto name = expanded("a//b/../c.tif", facts_of("a.jpg"));
  ASSERT_TRUE(name);
  EXPECT_EQ(name->native(), "a//b/../c.tif");
}

}  // namespace
}  // namespace latent::app
