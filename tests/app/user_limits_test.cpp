// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/user_limits.h"

#include <gtest/gtest.h>

#include <string>

namespace latent::app {
namespace {

TEST(UserLimits, AreReadFromLinesOfKeyAndNumber) {
  const auto limits = parse_limits(
      "# comment\n\n  limit-megapixels = 900\t# more\r\nlimit-side=70000\n"
      "limit-memory = 4000\nlimit-metadata = 100",
      "settings.toml");
  ASSERT_TRUE(limits) << limits.error().sentence;
  EXPECT_EQ(limits->max_pixels, 900'000'000);
  EXPECT_EQ(limits->max_side_px, 70'000);
  EXPECT_EQ(limits->max_memory_bytes, 4'000'000'000U);
  EXPECT_EQ(limits->max_metadata_bytes, 100'000'000U);
}

TEST(UserLimits, HaveTheirDefaultsWhereNothingIsSaid) {
  for (const char* text : {"", "\n", "# only a comment", "limit-side = 1000\n"}) {
    const auto limits = parse_limits(text, "settings.toml");
    ASSERT_TRUE(limits) << limits.error().sentence;
    EXPECT_EQ(limits->max_pixels, Limits{}.max_pixels);
    EXPECT_EQ(limits->max_memory_bytes, 0U);
  }
  EXPECT_TRUE(limits_of_settings({}));
  EXPECT_TRUE(limits_of_settings("/no/such/folder/settings.toml"));
}

TEST(UserLimits, ThatMakeNoSenseNameFileAndLine) {
  for (const char* line : {"limit-mp = 1", "limit-side", "limit-side = ", "limit-side = 1e3",
                           "limit-side = 99999999999", "limit-side = -1", "limit-side = 1 2",
                           "[limits]", "limit-side = 1000\nlimit-side = 2000", "\x01 = 1"}) {
    const auto limits = parse_limits("\n" + std::string(line) + "\n", "'settings.toml'");
    ASSERT_FALSE(limits) << line;
    EXPECT_EQ(limits.error().code, ErrorCode::Usage);
    EXPECT_NE(limits.error().sentence.find("'settings.toml', line "), std::string::npos);
  }
  const auto none = parse_limits("limit-side = 0\n", "'settings.toml'");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().sentence.find("--limit-side"), std::string::npos);
}

}  // namespace
}  // namespace latent::app
