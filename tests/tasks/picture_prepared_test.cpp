// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/prepared.h"

#include <gtest/gtest.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

class PicturePrepared : public TaskTest {
 protected:
  std::unique_ptr<PreparedPicture> prepared() const {
    auto prepared = std::make_unique<PreparedPicture>(opened(picture({40, 30})));
    EXPECT_TRUE(prepared->decode({}));
    return prepared;
  }
};

TEST_F(PicturePrepared, IsDecodedOnce) {
  const auto picture = prepared();
  EXPECT_EQ(picture->facts.size, (Size{40, 30}));
  fs::remove(folder_ / "photo.tif");
  EXPECT_TRUE(picture->decode({}));
  EXPECT_TRUE(picture->restore({}));  // nothing was made of it
}

TEST_F(PicturePrepared, ReadsTheFileAnewWhenWhatWasMadeOfItIsNotWantedAnyMore) {
  const auto picture = prepared();
  picture->become(PictureSource::of(sample_picture({8, 8})).value(), {0.5});
  EXPECT_EQ(picture->picture().size(), (Size{8, 8}));
  EXPECT_EQ(picture->made().denoise, 0.5);
  ASSERT_TRUE(picture->restore({}));
  EXPECT_EQ(picture->picture().size(), (Size{40, 30}));
  EXPECT_EQ(picture->made(), PreparedPicture::Made{});
}

TEST_F(PicturePrepared, HasAnEnlargementForEverySettingThatShapesIt) {
  const PreparedPicture::EnlargedFor plain{{0, 0, 8, 8}, {}};
  const auto differs = [&](auto change) {
    PreparedPicture::EnlargedFor other = plain;
    change(other.settings);
    return !(other == plain);
  };
  EXPECT_TRUE(differs([](UpscaleSettings& each) { each.denoise = 0.5; }));
  EXPECT_TRUE(differs([](UpscaleSettings& each) { each.tolerance = 1; }));
  EXPECT_TRUE(differs([](UpscaleSettings& each) { each.consistent = false; }));
  EXPECT_TRUE(differs([](UpscaleSettings& each) { each.overshoot = Overshoot::Free; }));
  EXPECT_TRUE(differs([](UpscaleSettings& each) { each.wide_gamut = WideGamut::Clip; }));
  EXPECT_TRUE(differs([](UpscaleSettings& each) { each.compat = models::Compat::Darktable56; }));
  EXPECT_FALSE(differs([](UpscaleSettings& each) { each.threads = 3; }));
  EXPECT_FALSE(differs([](UpscaleSettings& each) { each.output.profile = "srgb"; }));
}

}  // namespace
}  // namespace latent::tasks
