// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/memory_photograph.h"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

namespace latent::app {
namespace {

using colour::NamedProfile;
using colour::Profile;

template <class T>
const std::byte* bytes(const std::vector<T>& samples) {
  return reinterpret_cast<const std::byte*>(samples.data());
}

std::vector<std::uint16_t> counting(std::size_t count) {
  std::vector<std::uint16_t> samples(count);
  std::iota(samples.begin(), samples.end(), std::uint16_t{1000});
  return samples;
}

/// A Bayer mosaic of 8 x 6 sites.
MosaicInMemory mosaic_over(const std::vector<std::uint16_t>& samples) {
  MosaicInMemory mosaic;
  mosaic.samples = bytes(samples);
  mosaic.size = {8, 6};
  mosaic.row_bytes = 16;
  mosaic.cfa = CfaPattern::create(
                   {2, 2}, {CfaColour::Green, CfaColour::Blue, CfaColour::Red, CfaColour::Green})
                   .value();
  mosaic.black_period = {2, 1};
  mosaic.black = {10, 12};
  mosaic.white = 4000;
  return mosaic;
}

TEST(MemoryPhotograph, OfPixelsHasTheirSamplesAndTheirProfile) {
  const auto samples = counting(std::size_t{4} * 3 * 5);
  // Four of five pixels of every row belong to the picture.
  const PixelsInMemory pixels{bytes(samples), SampleDepth::U16, {4, 3}, 3, 30};
  const Profile profile = Profile::named(NamedProfile::AdobeRgb);
  const auto photograph = photograph_of(pixels, profile, {});
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  const auto picture = photograph->picture();
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(picture->icc, profile.icc());
  const auto view = std::get<Image<std::uint16_t>>(picture->samples).view();
  EXPECT_EQ(view.size(), (Size{4, 3}));
  EXPECT_EQ(view.at(0, 0, 0), samples[0]);
  EXPECT_EQ(view.at(3, 1, 2), samples[15 + 11]);
}

TEST(MemoryPhotograph, OfTwoChannelsIsGreyWithAlphaThatIsNotMultipliedIn) {
  const std::vector<float> samples{0.5F, 0.25F, 2.0F, 0.0F};
  const auto photograph = photograph_of({bytes(samples), SampleDepth::F32, {2, 1}, 2, 16},
                                        Profile::named(NamedProfile::Grey), {});
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  const auto picture = photograph->picture();
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(picture->colours, 1);
  EXPECT_TRUE(picture->alpha);
  EXPECT_FALSE(picture->alpha_associated);
  EXPECT_EQ(std::get<Image<float>>(picture->samples).view().at(1, 0, 0), 2.0F);
}

TEST(MemoryPhotograph, OfPixelsThatDoNotFitTogetherIsRefused) {
  const auto samples = counting(60);
  const Profile rgb = Profile::named(NamedProfile::Srgb);
  const auto code = [&](const PixelsInMemory& pixels) {
    const auto photograph = photograph_of(pixels, rgb, {});
    return photograph ? ErrorCode::Internal : photograph.error().code;
  };
  EXPECT_EQ(code({bytes(samples), SampleDepth::U16, {4, 3}, 1, 30}), ErrorCode::Usage);
  EXPECT_EQ(code({bytes(samples), SampleDepth::U16, {4, 3}, 5, 40}), ErrorCode::Usage);
  EXPECT_EQ(code({bytes(samples), SampleDepth::U16, {4, 3}, 3, 23}), ErrorCode::Usage);
  EXPECT_EQ(code({bytes(samples), SampleDepth::U16, {4, 3}, 3, -30}), ErrorCode::Usage);
  EXPECT_EQ(code({nullptr, SampleDepth::U16, {4, 3}, 3, 24}), ErrorCode::Usage);
  Limits small;
  small.max_pixels = 11;
  EXPECT_EQ(
      photograph_of({bytes(samples), SampleDepth::U16, {4, 3}, 3, 24}, rgb, small).error().code,
      ErrorCode::TooLarge);
}

TEST(MemoryPhotograph, OfAMosaicHasItsSitesItsLevelsAndItsBalance) {
  const auto samples = counting(48);
  MosaicInMemory given = mosaic_over(samples);
  given.balance = {2, 1, 1.5};
  given.balance_known = true;
  const auto photograph = photograph_of(given, {});
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  const auto mosaic = photograph->mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->sensor, SensorClass::Bayer);
  EXPECT_EQ(mosaic->cfa.letters(), "GBRG");
  EXPECT_EQ(mosaic->samples.view().at(7, 5), samples[47]);
  EXPECT_EQ(mosaic->levels.black.at(1, 3), 12.0F);
  EXPECT_EQ(mosaic->levels.white[2], 4000.0F);
  EXPECT_NEAR(mosaic->camera.as_shot_wb[0], 2.0, 1e-6);
  EXPECT_TRUE(mosaic->camera.as_shot_wb_known);
}

TEST(MemoryPhotograph, OfAMosaicWithImpossibleLevelsIsRefused) {
  const auto samples = counting(48);
  const double kNan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [&](auto change) {
    MosaicInMemory mosaic = mosaic_over(samples);
    change(mosaic);
    const auto photograph = photograph_of(mosaic, {});
    return !photograph && photograph.error().code == ErrorCode::Usage;
  };
  EXPECT_TRUE(refused([](MosaicInMemory& mosaic) { mosaic.white = 12; }));
  EXPECT_TRUE(refused([](MosaicInMemory& mosaic) { mosaic.black = {10}; }));
  EXPECT_TRUE(refused([](MosaicInMemory& mosaic) { mosaic.black = {-1, 0}; }));
  EXPECT_TRUE(refused([&](MosaicInMemory& mosaic) { mosaic.white = kNan; }));
  EXPECT_TRUE(refused([](MosaicInMemory& mosaic) { mosaic.balance = {0, 1, 1}; }));
}

}  // namespace
}  // namespace latent::app
