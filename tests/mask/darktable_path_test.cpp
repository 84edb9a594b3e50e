// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/darktable_path.h"

#include <gtest/gtest.h>

#include <cstring>

#include "made_masks.h"
#include "mask/darktable_text.h"
#include "mask/rasterise.h"
#include "mask/svg.h"
#include "mask/vectorise.h"

namespace latent::mask {
namespace {

const DarktableFrame kFrame{{300, 280}, {0, 0}};

template <class T>
void put(std::vector<std::uint8_t>& bytes, T value) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof value);
}

TEST(DarktableText, ReadsWhatDarktableWrites) {
  // The blending of a module, as darktable 4.2 wrote it: 420 bytes, opacity 100 at byte 16.
  const auto packed =
      decode_darktable_text("gz14eJxjYIAACQYYOOHEgAZY0QVwggZ7CB6pfNoAAE8gGQg=").value();
  ASSERT_EQ(packed.size(), 420U);
  float opacity = 0;
  std::memcpy(&opacity, packed.data() + 16, sizeof opacity);
  EXPECT_EQ(opacity, 100);
  EXPECT_EQ(decode_darktable_text("00ffA0").value(), (std::vector<std::uint8_t>{0, 255, 160}));
}

TEST(DarktableText, ComesBackAsItWas) {
  for (const std::size_t size : {0U, 1U, 99U, 100U, 101U, 102U, 5000U}) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * i % 251);
    const std::string text = encode_darktable_text(bytes);
    EXPECT_EQ(text.starts_with("gz"), size > 100);
    EXPECT_EQ(decode_darktable_text(text).value(), bytes);
  }
}

TEST(DarktableText, RefusesWhatIsDamaged) {
  for (const char* text : {"0", "0g", "gz", "gz1", "gzxxAAAA", "gz01AAAA", "gz01!!!!",
                           "gz14eJxjYIAACQYYOOHEgAZY0QVwggZ7CB6p"}) {
    const auto bytes = decode_darktable_text(text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_EQ(bytes.error().code, ErrorCode::Corrupt);
  }
}

TEST(DarktablePath, HoldsThirtySixBytesANode) {
  const std::vector<PathNode> path{{{30, 70}, {15, 56}, {45, 84}, 28}};
  const auto bytes = points_of_path(path, kFrame);
  ASSERT_EQ(bytes.size(), 36U);
  std::vector<float> numbers(8);
  std::memcpy(numbers.data(), bytes.data(), 32);
  const std::vector<float> expected{0.1F, 0.25F, 0.05F, 0.2F, 0.15F, 0.3F, 0.1F, 0.1F};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_FLOAT_EQ(numbers[i], expected[i]) << i;
  EXPECT_EQ(bytes[32], 2);  // handles as the user has set them
  const auto read = path_of_points(bytes, kFrame).value();
  EXPECT_NEAR(read[0].leaving.y, 84, 1e-4);
  EXPECT_NEAR(read[0].feather_px, 28, 1e-4);
}

TEST(DarktablePath, CountsFromTheMarginsOfARawFile) {
  const DarktableFrame raw{{320, 300}, {12, 8}};
  const std::vector<PathNode> path{{{20, 22}, {20, 22}, {20, 22}, 0}};
  const auto bytes = points_of_path(path, raw);
  float x = 0;
  std::memcpy(&x, bytes.data(), sizeof x);
  EXPECT_FLOAT_EQ(x, 0.1F);
  EXPECT_NEAR(path_of_points(bytes, raw)->at(0).at.x, 20, 1e-4);
}

TEST(DarktableShape, ComesBackFromItsForms) {
  const auto mask = mask_of({300, 280}, ring);
  VectoriseSettings settings;
  settings.feather_px = 4;
  const auto made = vectorise(mask.view(), settings).value();
  const auto forms = forms_of_shape(made.shape, "object", kFrame, 1000).value();
  ASSERT_EQ(forms.size(), 4U);
  EXPECT_EQ(forms.back().type, 4);
  EXPECT_EQ(forms.back().id, 1003);
  EXPECT_EQ(forms.back().count, 3);
  const auto entries =
      group_of_points(decode_darktable_text(forms.back().points).value(), 6)->entries;
  EXPECT_EQ(entries[0].state, 3U);
  EXPECT_EQ(entries[1].state, 35U);  // the hole
  EXPECT_EQ(entries[2].state, 11U);  // the island
  EXPECT_EQ(entries[1].parent, 1003);
  const auto read = shape_of_form(forms, 1003, kFrame).value();
  EXPECT_TRUE(read.notices.empty());
  const auto before = rasterise(made.shape, mask.size()).value();
  const auto after = rasterise(read.shape, mask.size()).value();
  EXPECT_GT(soft_iou(before.view(), after.view()), 0.99999);
}

TEST(DarktableShape, ReadsGroupsOfVersionSevenByTheirStride) {
  const auto path = points_of_path(std::vector<PathNode>{{{10, 10}, {10, 10}, {10, 10}, 0},
                                                         {{90, 10}, {90, 10}, {90, 10}, 0},
                                                         {{90, 90}, {90, 90}, {90, 90}, 0}},
                                   kFrame);
  std::vector<std::uint8_t> group;
  const auto entry = [&](std::int32_t id, std::uint32_t state, float opacity, float whole,
                         std::int32_t refined) {
    put(group, id);
    put(group, std::int32_t{9});
    put(group, state);
    put(group, opacity);
    put(group, refined);
    group.resize(group.size() + 24 + 128);
    put(group, whole);
    group.resize(group.size() + 64);
  };
  entry(0, 1U << 18U | 1U << 16U, 1, 0.5F, 0);  // the group's own: inverted, half
  entry(1, 3, 1, 1, 0);
  entry(1, 3 | 1U << 20U | 4U, 0.25F, 1, 1);  // difference, inverse, refined
  entry(1, 3 | 1U << 8U, 1, 1, 0);            // hidden
  ASSERT_EQ(group.size(), 4U * 240);
  std::vector<metadata::DarktableForm> forms(2);
  forms[0] = {0, 1, 2, "path", 7, encode_darktable_text(path), 3, ""};
  forms[1] = {0, 9, 4, "group", 7, encode_darktable_text(group), 4, ""};
  const auto read = shape_of_form(forms, 9, kFrame).value();
  ASSERT_EQ(read.shape.members.size(), 2U);
  EXPECT_EQ(read.shape.members[0].combine, Combine::Union);
  EXPECT_EQ(read.shape.members[1].combine, Combine::Difference);
  EXPECT_TRUE(read.shape.members[1].inverse);
  EXPECT_FLOAT_EQ(static_cast<float>(read.shape.members[1].opacity), 0.25F);
  EXPECT_TRUE(read.shape.inverse);
  EXPECT_DOUBLE_EQ(read.shape.opacity, 0.5);
  EXPECT_EQ(read.notices.size(), 1U);
  // The same bytes are no group of version 6 with entries that exist.
  forms[1].version = 6;
  EXPECT_FALSE(shape_of_form(forms, 9, kFrame));
}

TEST(DarktableShape, RefusesWhatCannotBeDrawn) {
  std::vector<metadata::DarktableForm> forms(1);
  const auto error = [&](int id) {
    const auto read = shape_of_form(forms, id, kFrame);
    return read ? "read" : error_code_name(read.error().code);
  };
  forms[0] = {0, 1, 2, "path", 6, "00", 1, ""};
  EXPECT_STREQ(error(1), "corrupt");
  EXPECT_STREQ(error(2), "not_found");
  forms[0].points = std::string(72, '0');
  forms[0].points.replace(0, 8, "0000c07f");  // not a number
  EXPECT_STREQ(error(1), "corrupt");
  forms[0] = {0, 1, 1, "circle", 6, std::string(32, '0'), 1, ""};
  EXPECT_STREQ(error(1), "unsupported");
  forms[0] = {0, 1, 2, "path", 8, std::string(72, '0'), 1, ""};
  EXPECT_STREQ(error(1), "unsupported");
  // A group that holds itself.
  const std::vector<GroupEntry> itself{{1, 1, 3, 1}};
  forms[0] = {0, 1, 4, "group", 6, encode_darktable_text(points_of_group(itself)), 1, ""};
  EXPECT_STREQ(error(1), "corrupt");
}

TEST(DarktableShape, RefusesToWriteWhatVersionSixHasNoWordsFor) {
  Shape group;
  group.members.resize(2);
  for (Shape& member : group.members) member.path.resize(3);
  group.members[1].combine = Combine::Screen;
  const auto forms = forms_of_shape(group, "object", kFrame, 1);
  ASSERT_FALSE(forms);
  EXPECT_EQ(forms.error().code, ErrorCode::Unsupported);
}

TEST(Svg, HoldsOutlinesAndHolesInOnePath) {
  const auto mask = mask_of({300, 280}, ring);
  const auto made = vectorise(mask.view(), {}).value();
  const std::string svg = svg_of(made.shape, mask.size()).value();
  EXPECT_NE(svg.find("viewBox=\"0 0 300 280\""), std::string::npos);
  EXPECT_NE(svg.find("fill-rule=\"evenodd\""), std::string::npos);
  EXPECT_EQ(std::count(svg.begin(), svg.end(), 'M'), 3);
  EXPECT_EQ(std::count(svg.begin(), svg.end(), 'Z'), 3);
  Shape group;
  group.members = {made.shape.members[0]};
  group.members[0].opacity = 0.5;
  EXPECT_FALSE(svg_of(group, mask.size()));
}

}  // namespace
}  // namespace latent::mask
