// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/source.h"

#include <gmock/gmock.h>

#include "sample_picture.h"
#include "sample_rows.h"

namespace latent::tasks {
namespace {

using testing::HasSubstr;

/// All of `area` in the working encoding.
std::vector<float> encoded(const PictureSource& source, const Rect& area,
                           WideGamut gamut = WideGamut::Preserve) {
  auto image = Image<float>::create(area.size(), source.colours()).value();
  source.encoded(area, gamut, image.view());
  return samples_of(std::as_const(image).view());
}

TEST(PictureSources, WithAProfileThatCannotBeUsedAreTakenForSrgbWithAWarning) {
  Picture picture = sample_picture({8, 8});
  picture.icc = colour::Profile::named(colour::NamedProfile::Grey).icc();
  const auto source = PictureSource::of(std::move(picture));
  ASSERT_TRUE(source) << source.error().sentence;
  ASSERT_EQ(source->warnings().size(), 1U);
  EXPECT_THAT(source->warnings().front(), HasSubstr("is for pictures of 1 channels"));
  EXPECT_EQ(source->profile().channels(), 3);
  Picture other = sample_picture({8, 8});
  other.icc = {1, 2, 3};
  const auto broken = PictureSource::of(std::move(other));
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->warnings().size(), 1U);
  EXPECT_EQ(broken->picture().unusable_icc, (std::vector<std::uint8_t>{1, 2, 3}));
}

TEST(PictureSources, BeyondTheirBordersAreMirrored) {
  const auto source = PictureSource::of(sample_picture({20, 10}));
  ASSERT_TRUE(source);
  const auto inside = encoded(*source, {1, 1, 1, 1});
  EXPECT_EQ(encoded(*source, {-1, -1, 1, 1}), inside);
  EXPECT_EQ(encoded(*source, {20, 3, 1, 1}), encoded(*source, {18, 3, 1, 1}));
}

TEST(PictureSources, OfThreeEqualChannelsAreWorkedOnAsGrey) {
  Picture picture = sample_picture({20, 10});
  auto& image = std::get<Image<float>>(picture.samples);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) {
      image.view().at(x, y, 1) = image.view().at(x, y, 2) = image.view().at(x, y, 0);
    }
  }
  const float sample = image.view().at(5, 5);
  const auto source = PictureSource::of(std::move(picture));
  ASSERT_TRUE(source);
  EXPECT_TRUE(source->has_equal_samples());
  EXPECT_EQ(source->colours(), 1);
  EXPECT_EQ(source->picture().colours, 3);
  EXPECT_NEAR(encoded(*source, {5, 5, 1, 1}).front(), sample, 1e-5);
}

TEST(PictureSources, WithWideColoursKeepThemUnlessTheyAreToBeClipped) {
  Picture picture = sample_picture({8, 8});
  auto& image = std::get<Image<float>>(picture.samples);
  image.view().at(0, 0, 0) = 1.2F;
  image.view().at(0, 0, 1) = -0.1F;
  const auto source = PictureSource::of(std::move(picture));
  ASSERT_TRUE(source);
  EXPECT_EQ(encoded(*source, {0, 0, 1, 1})[0], 1.2F);
  EXPECT_EQ(encoded(*source, {0, 0, 1, 1})[1], -0.1F);
  EXPECT_EQ(encoded(*source, {0, 0, 1, 1}, WideGamut::Clip)[0], 1.0F);
  EXPECT_EQ(encoded(*source, {0, 0, 1, 1}, WideGamut::Clip)[1], 0.0F);
}

TEST(PictureSources, OfAnotherProfileAreEncodedInSrgbButNativeAsTheFileHasThem) {
  Picture picture = sample_picture({8, 8});
  picture.icc = colour::Profile::named(colour::NamedProfile::LinearSrgb).icc();
  std::get<Image<float>>(picture.samples).view().at(0, 0, 0) = 0.5F;
  const auto source = PictureSource::of(std::move(picture));
  ASSERT_TRUE(source);
  EXPECT_NEAR(encoded(*source, {0, 0, 1, 1})[0], 0.735357F, 1e-4);
  auto native = Image<float>::create({1, 1}, 3).value();
  source->native({0, 0, 1, 1}, native.view());
  EXPECT_EQ(native.view().at(0, 0, 0), 0.5F);
}

}  // namespace
}  // namespace latent::tasks
