// SPDX-License-Identifier: GPL-3.0-or-later
// Settings as the command line writes them.
#include <gmock/gmock.h>

#include "app/setting.h"
#include "app/settings_table.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

TEST(SettingText, OfTheHelpShowsWhatIsTaken) {
  const auto form = [](const char* key) {
    return short_form(*find_setting(denoise_settings(), key));
  };
  EXPECT_EQ(form("strength"), "0..100");
  EXPECT_EQ(form("level"), "auto|0..255");
  EXPECT_EQ(form("detail"), "auto|darktable|none");
  EXPECT_EQ(form("model"), "NAME|FILE");
  EXPECT_EQ(form("profile"), "source|srgb|adobergb|displayp3|rec2020|prophoto|FILE");
}

TEST(SettingText, ThatIsWrittenIsReadAgain) {
  for (const auto* table : {&raw_denoise_settings(), &denoise_settings(), &upscale_settings()}) {
    const char* task = table == &raw_denoise_settings() ? "rawdenoise"
                       : table == &denoise_settings()   ? "denoise"
                                                        : "upscale";
    const Job job = *new_job(task);
    for (const Setting& setting : *table) {
      const models::Json value = setting.get(job);
      const auto again = value_of_text(setting, text_of_value(setting, value), "it");
      ASSERT_TRUE(again) << again.error().sentence;
      EXPECT_EQ(*again, value) << setting.place();
    }
  }
}

TEST(SettingText, OfARegionIsReadOnlyWhereAllFourNumbersArePixels) {
  EXPECT_EQ(*region_of_text("0,5,10,20", "--region"), (Rect{0, 5, 10, 20}));
  for (const char* text : {"", "1,2,3", "1,2,3,4,5", "1,2,0,4", "-1,2,3,4", "1,2,3,4.5", "1, 2,3,4",
                           "99999999999,0,1,1"}) {
    const auto region = region_of_text(text, "--region");
    ASSERT_FALSE(region) << text;
    EXPECT_EQ(region.error().sentence,
              std::string("--region takes X,Y,WIDTH,HEIGHT in pixels, not '") + text + "'");
  }
}

TEST(SettingText, OfOneNoiseForAllColoursBecomesSixNumbers) {
  const Setting& noise = *find_setting(raw_denoise_settings(), "noise");
  const auto value = value_of_text(noise, "0.5,0.25", "--noise");
  ASSERT_TRUE(value) << value.error().sentence;
  EXPECT_EQ(text_of_value(noise, *value), "0.5,0.25,0.5,0.25,0.5,0.25");
}

TEST(SettingText, WithControlCharactersIsPrintableInTheRefusal) {
  const auto refused =
      value_of_text(*find_setting(raw_denoise_settings(), "noise"), "1\x1b[31m", "--noise");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace latent::app
