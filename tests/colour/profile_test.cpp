// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lcms2.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "icc_samples.h"

namespace latent::colour {
namespace {

using testing::HasSubstr;

constexpr std::array kAll{
    NamedProfile::Srgb,       NamedProfile::AdobeRgb, NamedProfile::DisplayP3,
    NamedProfile::Rec2020,    NamedProfile::ProPhoto, NamedProfile::LinearRec2020,
    NamedProfile::LinearSrgb, NamedProfile::Grey,     NamedProfile::LinearGrey};

constexpr Primaries kSrgbPrimaries{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}};

TEST(Profile, NamedOnesAreSmallProfilesOfVersion2) {
  for (const NamedProfile name : kAll) {
    const Profile profile = Profile::named(name);
    const auto& icc = profile.icc();
    ASSERT_GT(icc.size(), 128U);
    EXPECT_LT(icc.size(), 3000U);
    EXPECT_EQ(icc[8], 2) << static_cast<int>(name);
    const bool grey = name == NamedProfile::Grey || name == NamedProfile::LinearGrey;
    EXPECT_EQ(profile.channels(), grey ? 1 : 3);
    const bool linear = name == NamedProfile::LinearRec2020 || name == NamedProfile::LinearSrgb ||
                        name == NamedProfile::LinearGrey;
    EXPECT_EQ(profile.is_linear(), linear) << profile.description();
    EXPECT_FALSE(profile.description().empty());
  }
  EXPECT_EQ(Profile::named(NamedProfile::Srgb).description(), "sRGB");
}

TEST(Profile, ANamedOneReadBackIsTheSame) {
  for (const NamedProfile name : kAll) {
    const Profile profile = Profile::named(name);
    const auto again = Profile::from_icc(profile.icc());
    ASSERT_TRUE(again) << again.error().sentence;
    EXPECT_EQ(again->icc(), profile.icc());
    EXPECT_EQ(again->description(), profile.description());
    EXPECT_EQ(again->is_linear(), profile.is_linear());
  }
}

TEST(Profile, LcmsFindsTheKnownWhiteAndPrimaries) {
  // Red of sRGB in the connection space, from the profile that everybody has.
  const Profile profile = Profile::named(NamedProfile::Srgb);
  cmsHPROFILE opened = cmsOpenProfileFromMem(profile.icc().data(),
                                             static_cast<cmsUInt32Number>(profile.icc().size()));
  ASSERT_NE(opened, nullptr);
  const auto* red = static_cast<const cmsCIEXYZ*>(cmsReadTag(opened, cmsSigRedColorantTag));
  ASSERT_NE(red, nullptr);
  EXPECT_NEAR(red->X, 0.4361, 2e-4);
  EXPECT_NEAR(red->Y, 0.2225, 2e-4);
  EXPECT_NEAR(red->Z, 0.0139, 2e-4);
  const auto* green = static_cast<const cmsCIEXYZ*>(cmsReadTag(opened, cmsSigGreenColorantTag));
  const auto* blue = static_cast<const cmsCIEXYZ*>(cmsReadTag(opened, cmsSigBlueColorantTag));
  ASSERT_TRUE(green != nullptr && blue != nullptr);
  EXPECT_NEAR(red->X + green->X + blue->X, 0.9642, 1e-5);
  EXPECT_NEAR(red->Y + green->Y + blue->Y, 1.0, 1e-5);
  EXPECT_NEAR(red->Z + green->Z + blue->Z, 0.8249, 1e-5);
  cmsCloseProfile(opened);
}

TEST(Profile, FromPrimariesReadsBackItsGamma) {
  const auto plain = Profile::from_primaries(kSrgbPrimaries, 2.2);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->icc()[8], 2);
  EXPECT_FALSE(plain->is_linear());
  const auto odd = Profile::from_primaries(kSrgbPrimaries, 0.45455);  // 8.8 bits would not do
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->icc()[8], 4);
  const auto linear = Profile::from_primaries(kSrgbPrimaries, 1.0);
  ASSERT_TRUE(linear);
  EXPECT_TRUE(linear->is_linear());
}

TEST(Profile, FromPrimariesRefusesNonsense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(Profile::from_primaries({{0.7347, 0.2653}, {0, 1}, {0.0001, -0.077}, {0.32, 0.34}},
                                      1.0));  // ACES AP0: a blue that nobody can see
  EXPECT_TRUE(Profile::from_primaries({{1, 0}, {0, 1}, {0, 0}, {1 / 3.0, 1 / 3.0}}, 1.0));  // XYZ
  EXPECT_FALSE(Profile::from_primaries(kSrgbPrimaries, 0.0));
  EXPECT_FALSE(Profile::from_primaries(kSrgbPrimaries, nan));
  EXPECT_FALSE(Profile::from_primaries(kSrgbPrimaries, 11.0));
  for (const Primaries& bad : {Primaries{{0.3, 0.3}, {0.3, 0.3}, {0.3, 0.3}, {0.3, 0.3}},
                               Primaries{{0, 0}, {0, 0}, {0, 0}, {0, 0}},
                               Primaries{{nan, 0.33}, {0.3, 0.6}, {0.15, 0.06}, {0.31, 0.33}},
                               Primaries{{0.64, 0.33}, {0.3, 0.6}, {0.15, 0.06}, {0.7, 0.2}},
                               Primaries{{1e30, 0.33}, {0.3, 0.6}, {0.15, 0.06}, {0.31, 0.33}}}) {
    const auto profile = Profile::from_primaries(bad, 2.2);
    ASSERT_FALSE(profile);
    EXPECT_EQ(profile.error().code, ErrorCode::Corrupt);
    EXPECT_THAT(profile.error().sentence, HasSubstr("primaries"));
  }
}

TEST(Profile, WhatIsNoProfileOfRgbOrGreyIsRefused) {
  const auto refused = [](const std::vector<std::uint8_t>& icc) {
    const auto profile = Profile::from_icc(icc);
    return profile ? "accepted" : profile.error().sentence;
  };
  EXPECT_EQ(refused({}), "is no ICC profile");
  EXPECT_EQ(refused(std::vector<std::uint8_t>(4000, 0)), "is no ICC profile");
  EXPECT_THAT(refused(bytes_of(cmsCreateLab4Profile(nullptr))), HasSubstr("ICC profile"));
  EXPECT_THAT(refused(bytes_of(cmsCreateLinearizationDeviceLink(
                  cmsSigRgbData,
                  [] {
                    static cmsToneCurve* gamma = cmsBuildGamma(nullptr, 2.0);
                    static cmsToneCurve* curves[3] = {gamma, gamma, gamma};
                    return curves;
                  }()))),
              HasSubstr("links"));
  EXPECT_EQ(refused(table_profile()), "accepted");
  auto cmyk = Profile::named(NamedProfile::Srgb).icc();
  for (std::size_t k = 0; k < 4; ++k) cmyk[16 + k] = static_cast<std::uint8_t>("CMYK"[k]);
  EXPECT_THAT(refused(cmyk), HasSubstr("CMYK"));
  auto short_one = Profile::named(NamedProfile::Srgb).icc();
  short_one.resize(short_one.size() - 100);
  EXPECT_THAT(refused(short_one), HasSubstr("size"));
}

TEST(Profile, DamagedOnesAreRefusedOrReadButNeverCrash) {
  for (const auto& sound : {Profile::named(NamedProfile::Srgb).icc(), table_profile()}) {
    std::uint32_t random = 1;
    for (int k = 0; k < 3000; ++k) {
      auto damaged = sound;
      for (int flips = 0; flips < 4; ++flips) {
        random = random * 1664525U + 1013904223U;
        const std::size_t at = (random >> 8U) % std::min<std::size_t>(damaged.size(), 700);
        damaged[at] = static_cast<std::uint8_t>(random);
      }
      const auto profile = Profile::from_icc(damaged);
      const int channels = profile ? profile->channels() : 3;
      EXPECT_TRUE(channels == 1 || channels == 3);
    }
  }
}

TEST(Profile, ParseKnowsNamesAndFiles) {
  EXPECT_EQ(Profile::parse("displayp3")->icc(), Profile::named(NamedProfile::DisplayP3).icc());
  const auto folder = std::filesystem::path(testing::TempDir());
  const auto path = folder / "latent_profile_test.icc";
  const auto& icc = Profile::named(NamedProfile::ProPhoto).icc();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(icc.data()), static_cast<std::streamsize>(icc.size()));
  const auto from_file = Profile::parse(path.string());
  ASSERT_TRUE(from_file) << from_file.error().sentence;
  EXPECT_EQ(from_file->icc(), icc);
  std::ofstream(path, std::ios::binary) << "no profile";
  const auto damaged = Profile::parse(path.string());
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(damaged.error().sentence, HasSubstr("is no ICC profile"));
  std::filesystem::remove(path);
  EXPECT_EQ(Profile::parse("").error().code, ErrorCode::Usage);
  EXPECT_EQ(Profile::parse("bt709").error().code, ErrorCode::NotFound);
  EXPECT_THAT(Profile::parse("bt709").error().sentence, HasSubstr("prophoto"));
  EXPECT_FALSE(Profile::parse(folder.string()));
}

}  // namespace
}  // namespace latent::colour
