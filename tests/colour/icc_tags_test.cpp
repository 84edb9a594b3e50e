// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles whose tags promise more than their bytes hold, as Profile::from_icc() sees them.
#include "colour/icc_tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "colour/profile.h"
#include "icc_samples.h"

namespace latent::colour {
namespace {

using Bytes = std::vector<std::uint8_t>;
using testing::HasSubstr;

void put(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  if (bytes.size() < at + size) bytes.resize(at + size);
  for (std::size_t k = 0; k < size; ++k) {
    bytes[at + k] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - k)));
  }
}

std::uint32_t number(const Bytes& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t k = 0; k < 4; ++k) value = value << 8U | bytes[at + k];
  return value;
}

void put_word(Bytes& bytes, std::size_t at, const std::string& word) {
  for (std::size_t k = 0; k < word.size(); ++k) {
    put(bytes, at + k, static_cast<std::uint8_t>(word[k]), 1);
  }
}

/// sRGB with the place of one of its tags given to another one, `tag`, behind its end.
Bytes profile_with(const std::string& replaced, const std::string& name, const Bytes& tag) {
  Bytes icc = Profile::named(NamedProfile::Srgb).icc();
  const std::size_t count = number(icc, 128);
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t entry = 132 + 12 * k;
    if (std::string(icc.begin() + static_cast<std::ptrdiff_t>(entry),
                    icc.begin() + static_cast<std::ptrdiff_t>(entry + 4)) != replaced) {
      continue;
    }
    put_word(icc, entry, name);
    put(icc, entry + 4, icc.size(), 4);
    put(icc, entry + 8, tag.size(), 4);
  }
  icc.insert(icc.end(), tag.begin(), tag.end());
  put(icc, 0, icc.size(), 4);
  return icc;
}

Bytes tag_of(const std::string& type) {
  Bytes tag(64);
  put_word(tag, 0, type);
  return tag;
}

void expect_refused(const Bytes& icc, const std::string& tag) {
  const auto profile = Profile::from_icc(icc);
  ASSERT_FALSE(profile) << tag;
  EXPECT_EQ(profile.error().code, ErrorCode::Corrupt);
  EXPECT_EQ(profile.error().sentence,
            "is a damaged ICC profile: its tag " + tag + " promises more than the profile holds");
}

TEST(IccTags, ADescriptionOfMoreNamesThanBytesIsRefused) {
  Bytes tag = tag_of("mluc");
  put(tag, 8, 0x02000001, 4);  // 33 million names
  put(tag, 12, 12, 4);
  expect_refused(profile_with("desc", "desc", tag), "desc");
  tag = tag_of("desc");
  put(tag, 8, 0x7FFFFFFF, 4);
  expect_refused(profile_with("desc", "desc", tag), "desc");
}

TEST(IccTags, ACurveOfMoreEntriesThanBytesIsRefused) {
  Bytes tag = tag_of("curv");
  put(tag, 8, 27, 4);  // 12 + 2 * 27 bytes of 64
  expect_refused(profile_with("rTRC", "rTRC", tag), "rTRC");
  put(tag, 8, 26, 4);
  EXPECT_TRUE(Profile::from_icc(profile_with("rTRC", "rTRC", tag)));
}

TEST(IccTags, AGridOfMorePointsThanBytesIsRefused) {
  for (const char* type : {"mft1", "mft2"}) {
    Bytes tag = tag_of(type);
    put(tag, 8, 3, 1);
    put(tag, 9, 3, 1);
    put(tag, 10, 255, 1);  // 255 * 255 * 255 * 3 samples
    expect_refused(profile_with("cprt", "A2B0", tag), "A2B0");
  }
  for (const char* type : {"mAB ", "mBA "}) {
    Bytes tag = tag_of(type);
    put(tag, 8, 3, 1);
    put(tag, 9, 3, 1);
    put(tag, 24, 32, 4);                                           // where the grid begins
    for (std::size_t k = 0; k < 3; ++k) put(tag, 32 + k, 255, 1);  // its sides
    put(tag, 48, 2, 1);                                            // bytes of a sample
    expect_refused(profile_with("cprt", "A2B0", tag), "A2B0");
  }
}

/// multiProcessElementsType of one element that begins at byte 24.
Bytes elements_of(const std::string& type, std::uint64_t inputs, std::uint64_t outputs) {
  Bytes tag = tag_of("mpet");
  put(tag, 8, 3, 2);
  put(tag, 10, 3, 2);
  put(tag, 12, 1, 4);
  put(tag, 16, 24, 4);
  put_word(tag, 24, type);
  put(tag, 32, inputs, 2);
  put(tag, 34, outputs, 2);
  return tag;
}

TEST(IccTags, ElementsOfMoreThanTheProfileHoldsAreRefused) {
  Bytes tag = elements_of("matf", 65535, 65535);
  expect_refused(profile_with("cprt", "D2B0", tag), "D2B0");
  tag = elements_of("clut", 3, 3);
  for (std::size_t k = 0; k < 3; ++k) put(tag, 36 + k, 255, 1);
  expect_refused(profile_with("cprt", "D2B0", tag), "D2B0");
  tag = elements_of("cvst", 3, 3);
  put(tag, 36, 20, 4);  // the first curve, 20 bytes behind the element's begin
  put_word(tag, 44, "curf");
  put(tag, 52, 1, 2);
  put_word(tag, 56, "samf");
  put(tag, 64, 0x3FFFFFFF, 4);
  expect_refused(profile_with("cprt", "D2B0", tag), "D2B0");
  tag = elements_of("matf", 3, 3);
  put(tag, 12, 0x10000000, 4);  // so many elements
  expect_refused(profile_with("cprt", "D2B0", tag), "D2B0");
}

TEST(IccTags, AListLongerThanTheProfileIsRefused) {
  Bytes icc = Profile::named(NamedProfile::Srgb).icc();
  put(icc, 128, 0xFFFFFFFF, 4);
  const auto profile = Profile::from_icc(icc);
  ASSERT_FALSE(profile);
  EXPECT_THAT(profile.error().sentence, HasSubstr("list of tags"));
}

TEST(IccTags, ProfilesOfTablesAreTaken) {
  EXPECT_TRUE(check_icc_tags(table_profile()));
  EXPECT_TRUE(check_icc_tags(table_profile(cmsCreate_sRGBProfile(), 33, 33)));
}

TEST(IccTags, OfEveryProfileOfThisMachineAreTaken) {
  const std::filesystem::path folder = "/usr/share/color/icc";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is absent";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string ending = entry.path().extension();
    if (ending != ".icc" && ending != ".icm") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const Bytes icc{std::istreambuf_iterator<char>(file), {}};
    if (icc.size() < 132) continue;
    const auto sound = check_icc_tags(icc);
    EXPECT_TRUE(sound) << entry.path() << " " << sound.error().sentence;
  }
}

}  // namespace
}  // namespace latent::colour
