// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/info.h"

#include <gmock/gmock.h>

#include "sample_files.h"
#include "sample_raw.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::HasSubstr;
using Info = test::InFolder;

TEST_F(Info, OfAPictureTellsWhatDenoiseWouldStartFromAndWrite) {
  write_image(folder_ / "a.png", noisy_image({96, 80}));
  const auto found = info(folder_ / "a.png");
  ASSERT_TRUE(found) << found.error().sentence;
  const auto& picture = std::get<PictureInfo>(*found);
  EXPECT_EQ(picture.facts.size, (Size{96, 80}));
  ASSERT_TRUE(picture.level);
  EXPECT_GT(picture.level->overall(), 0.04F);  // +- 28 of 255
  EXPECT_EQ(picture.output, folder_ / "a_denoise.tif");
  EXPECT_EQ(picture.refusal, "");
  EXPECT_EQ(names_in(folder_), 1);
}

TEST_F(Info, OfARawTellsItsSensorAndItsNoise) {
  tasks::write_sample(tasks::sample_mosaic(SensorClass::Bayer), folder_ / "a.dng");
  const auto found = info(folder_ / "a.dng");
  ASSERT_TRUE(found) << found.error().sentence;
  const auto& raw = std::get<RawInfo>(*found);
  EXPECT_EQ(raw.facts.sensor, SensorClass::Bayer);
  EXPECT_EQ(raw.facts.cfa_letters, "RGGB");
  EXPECT_TRUE(raw.noise);
  EXPECT_EQ(raw.output, folder_ / "a_raw-denoise.dng");
  EXPECT_EQ(raw.refusal, "");
}

TEST_F(Info, OfASensorThatNoNetworkTakesIsTheFactsAndTheRefusal) {
  Mosaic mosaic = tasks::sample_mosaic(SensorClass::Bayer);
  using enum CfaColour;
  mosaic.cfa = CfaPattern::create({4, 4}, {Red, Red, Green, Green, Red, Red, Green, Green,  //
                                           Green, Green, Blue, Blue, Green, Green, Blue, Blue})
                   .value();
  tasks::write_sample(mosaic, folder_ / "a.dng");
  const auto found = info(folder_ / "a.dng");
  ASSERT_TRUE(found) << found.error().sentence;
  const auto& raw = std::get<RawInfo>(*found);
  EXPECT_THAT(raw.refusal, HasSubstr("quad-Bayer"));
  EXPECT_TRUE(raw.output.empty());
  EXPECT_FALSE(raw.noise);
}

TEST_F(Info, OfAnotherKindOfFileIsRefused) {
  fill(folder_ / "a.png", "a letter");
  EXPECT_EQ(info(folder_ / "a.png").error().code, ErrorCode::Unsupported);
  EXPECT_EQ(info(folder_ / "none.png").error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent::app
