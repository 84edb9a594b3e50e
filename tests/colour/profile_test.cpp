// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/profile.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "colour/transform.h"

namespace latent::colour {
namespace {

namespace fs = std::filesystem;

TEST(Profile, NamedOnesReadBackAsTheyWereMade) {
  for (int index = 0; index <= static_cast<int>(NamedProfile::LinearGrey); ++index) {
    const Profile made = Profile::named(static_cast<NamedProfile>(index));
    const auto read = Profile::from_icc(made.icc());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->channels(), made.channels());
    EXPECT_EQ(read->is_linear(), made.is_linear());
    EXPECT_EQ(read->description(), made.description());
    const auto transform = Transform::create(*read, made);
    ASSERT_TRUE(transform);
    EXPECT_TRUE(transform->is_identity()) << made.description();
  }
}

TEST(Profile, TheSameBytesEveryTime) {
  EXPECT_EQ(Profile::named(NamedProfile::Rec2020).icc(),
            Profile::named(NamedProfile::Rec2020).icc());
}

TEST(Profile, LinearOnesSaySo) {
  EXPECT_TRUE(Profile::named(NamedProfile::LinearRec2020).is_linear());
  EXPECT_TRUE(Profile::named(NamedProfile::LinearGrey).is_linear());
  EXPECT_FALSE(Profile::named(NamedProfile::Srgb).is_linear());
  EXPECT_FALSE(Profile::named(NamedProfile::ProPhoto).is_linear());
}

TEST(Profile, PrimariesOfAFileMakeOne) {
  const Primaries rec709{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}};
  const auto linear = Profile::from_primaries(rec709, 1);
  ASSERT_TRUE(linear);
  EXPECT_TRUE(linear->is_linear());
  const auto same = Transform::create(*linear, Profile::named(NamedProfile::LinearSrgb));
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->is_identity());
  const Primaries line{{0.3, 0.3}, {0.3, 0.3}, {0.3, 0.3}, {0.3127, 0.3290}};
  EXPECT_FALSE(Profile::from_primaries(line, 2.2));
  EXPECT_FALSE(Profile::from_primaries(rec709, 0));
  EXPECT_FALSE(Profile::from_primaries(rec709, std::nan("")));
}

TEST(Profile, WordsAndFilesAreUnderstood) {
  for (const char* word : {"srgb", "adobergb", "displayp3", "rec2020", "prophoto"}) {
    EXPECT_TRUE(Profile::parse(word)) << word;
  }
  const auto unknown = Profile::parse("cmyk");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::Usage);
  EXPECT_NE(unknown.error().message.find("adobergb"), std::string::npos);
  const fs::path path = fs::temp_directory_path() / "latent_profile_test.icc";
  const auto icc = Profile::named(NamedProfile::AdobeRgb).icc();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(icc.data()), static_cast<std::streamsize>(icc.size()));
  const auto read = Profile::parse(path.native());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->icc(), icc);
  std::ofstream(path, std::ios::binary) << "nothing of the kind";
  const auto broken = Profile::parse(path.native());
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("latent_profile_test.icc"), std::string::npos);
  fs::remove(path);
}

TEST(Profile, WhatIsNoneIsRefusedAndDamageNeverCrashes) {
  EXPECT_FALSE(Profile::from_icc({}));
  const auto whole = Profile::named(NamedProfile::ProPhoto).icc();
  for (std::size_t size = 0; size < whole.size(); size += 37) {
    const auto result = Profile::from_icc(std::span(whole).first(size));
    if (size < 132) {
      EXPECT_FALSE(result) << size;
    }
  }
  std::mt19937 random(3);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    auto bytes = whole;
    for (int k = 0; k < 8; ++k)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    const auto result = Profile::from_icc(bytes);
    if (!result) {
      ++refused;
      continue;
    }
    const auto transform = Transform::create(*result, Profile::named(NamedProfile::Srgb));
    if (!transform) continue;
    std::array<float, 3> pixel{0.2F, 0.5F, 0.9F};
    transform->apply(pixel.data(), pixel.data(), 1);
  }
  EXPECT_GT(refused, 0);
}

TEST(Profile, OtherColourSpacesAreRefused) {
  auto bytes = Profile::named(NamedProfile::Srgb).icc();
  bytes[16] = 'C', bytes[17] = 'M', bytes[18] = 'Y', bytes[19] = 'K';
  const auto result = Profile::from_icc(bytes);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace latent::colour
