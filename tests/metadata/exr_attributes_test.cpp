// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/exr_attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <limits>

#include "file_bytes.h"

namespace latent::metadata {
namespace {

using namespace std::string_literals;
using test::find;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string attribute(const std::string& name, const std::string& type, const std::string& value) {
  std::string size = test::big_endian_text(static_cast<std::uint32_t>(value.size()));
  std::reverse(size.begin(), size.end());
  return name + "\0"s + type + "\0"s + size + value;
}

std::string text(const std::string& name, const std::string& value) {
  return attribute(name, "string", value);
}

std::string number(const std::string& name, float value) {
  std::string bits = test::big_endian_text(std::bit_cast<std::uint32_t>(value));
  std::reverse(bits.begin(), bits.end());
  return attribute(name, "float", bits);
}

std::string exr(const std::string& attributes) {
  return "\x76\x2f\x31\x01\2\0\0\0"s + attributes + "\0"s;
}

ContainerBlocks blocks_of(const std::string& file, const Limits& limits = {}) {
  return exr_attributes(test::reader_of(file), limits);
}

std::string text_of(const std::vector<Field>& fields, std::uint16_t tag) {
  const Field* field = find(fields, tag);
  return field == nullptr ? "" : std::string(field->bytes.begin(), field->bytes.end() - 1);
}

/// Numerators and denominators.
std::vector<std::uint32_t> fractions_of(const std::vector<Field>& fields, std::uint16_t tag) {
  const Field* field = find(fields, tag);
  if (field == nullptr || field->type != 5) return {};
  std::vector<std::uint32_t> numbers(field->bytes.size() / 4);
  std::memcpy(numbers.data(), field->bytes.data(), field->bytes.size());
  return numbers;
}

TEST(ExrAttributes, BecomeTheExifThatSaysTheSame) {
  const auto blocks = blocks_of(
      exr(text("owner", "A Photographer") + text("comments", "By the sea") +
          text("capDate", "2026:07:14 12:34:56") + number("expTime", 0.005F) +
          number("aperture", 2.8F) + number("isoSpeed", 6400) + number("latitude", -33.5F) +
          number("longitude", 151.25F) + number("altitude", -2.5F) + text("xmp", "<x/>")));
  EXPECT_THAT(blocks.warnings, IsEmpty());
  EXPECT_EQ(blocks.xmp, "<x/>");
  EXPECT_EQ(text_of(blocks.image, 0x8298), "A Photographer");
  EXPECT_EQ(text_of(blocks.image, 0x010e), "By the sea");
  EXPECT_EQ(text_of(blocks.photo, 0x9003), "2026:07:14 12:34:56");
  EXPECT_THAT(fractions_of(blocks.photo, 0x829a), ElementsAre(1, 200));
  EXPECT_THAT(fractions_of(blocks.photo, 0x829d), ElementsAre(14, 5));
  ASSERT_NE(find(blocks.photo, 0x8827), nullptr);
  EXPECT_EQ(find(blocks.photo, 0x8827)->count, 1U);
  EXPECT_EQ(text_of(blocks.gps, 1), "S");
  EXPECT_THAT(fractions_of(blocks.gps, 2), ElementsAre(33, 1, 30, 1, 0, 10000));
  EXPECT_EQ(text_of(blocks.gps, 3), "E");
  EXPECT_THAT(fractions_of(blocks.gps, 4), ElementsAre(151, 1, 15, 1, 0, 10000));
  EXPECT_THAT(find(blocks.gps, 5)->bytes, ElementsAre(1));
  EXPECT_THAT(fractions_of(blocks.gps, 6), ElementsAre(2500, 1000));
  EXPECT_THAT(find(blocks.gps, 0)->bytes, ElementsAre(2, 3, 0, 0));
}

TEST(ExrAttributes, ComeInTheOrderOfTheirTagsEachOnce) {
  const auto blocks =
      blocks_of(exr(text("owner", "first") + text("cameraModel", "M") + text("comments", "c") +
                    text("owner", "second") + text("xmp", "<first/>") + text("xmp", "<second/>")));
  for (std::size_t i = 1; i < blocks.image.size(); ++i) {
    EXPECT_LT(blocks.image[i - 1].tag, blocks.image[i].tag);
  }
  EXPECT_EQ(text_of(blocks.image, 0x8298), "first");
  EXPECT_EQ(blocks.xmp, "<first/>");
  EXPECT_THAT(blocks.warnings, IsEmpty());
}

std::vector<std::string> names_of(const std::vector<ExrAttribute>& attributes) {
  std::vector<std::string> names;
  for (const ExrAttribute& one : attributes) names.push_back(one.name);
  return names;
}

TEST(ExrAttributes, WithoutAFieldComeAsTheyAreThoseOfTheFileDoNot) {
  const auto blocks = blocks_of(
      exr(attribute("compression", "compression", "\3"s) + text("comments", "") +
          text("capDate", "last summer") + number("utcOffset", 3600) + number("latitude", 91) +
          number("isoSpeed", 1e6F) + attribute("expTime", "float", "abc")));
  EXPECT_THAT(blocks.warnings, IsEmpty());
  EXPECT_THAT(names_of(blocks.exr),
              ElementsAre("capDate", "utcOffset", "latitude", "isoSpeed", "expTime"));
  EXPECT_EQ(blocks.exr.front().type, "string");
  EXPECT_EQ(std::string(blocks.exr.front().value.begin(), blocks.exr.front().value.end()),
            "last summer");
  EXPECT_THAT(blocks.photo, IsEmpty());
  EXPECT_THAT(blocks.gps, IsEmpty());
}

TEST(ExrAttributes, TooLargeToBeCarriedAreNamedAndCounted) {
  std::string many;
  const std::string large(70'000, 'x');
  for (int i = 0; i < 100; ++i) many += text("studio/" + std::to_string(i), large);
  const auto blocks = blocks_of(exr(many));
  EXPECT_THAT(blocks.warnings, ElementsAre(HasSubstr("studio/7 and 92 more")));
}

TEST(ExrAttributes, NumbersThatAreNoneAreNotTaken) {
  for (const float value : {0.0F, -1.0F, 1e30F, 1e-30F, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()}) {
    const auto blocks = blocks_of(exr(number("expTime", value) + number("isoSpeed", value)));
    EXPECT_THAT(blocks.photo, IsEmpty()) << value;
    EXPECT_THAT(names_of(blocks.exr), ElementsAre("expTime", "isoSpeed")) << value;
  }
}

TEST(ExrAttributes, AnyTruncationIsWhatIsLeft) {
  const std::string whole = exr(text("owner", "me") + number("latitude", 1) + text("xmp", "<x/>"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_LE(blocks_of(whole.substr(0, size)).image.size(), 1U);
  }
}

TEST(ExrAttributes, AngleRoundedUpDoesNotHaveSixtySeconds) {
  const auto blocks = blocks_of(exr(number("latitude", 9.9999999F)));
  EXPECT_THAT(fractions_of(blocks.gps, 2), ElementsAre(10, 1, 0, 1, 0, 10000));
}

}  // namespace
}  // namespace latent::metadata
