// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/move_opcodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "metadata/dng_opcodes.h"

namespace latent::metadata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kVersion = 0x01030000;
constexpr Size kPicture{100, 80};
constexpr Rect kAll{0, 0, 100, 80};

OpcodeBytes area_of(const Rect& rect, int row_pitch = 1, int column_pitch = 1) {
  OpcodeBytes bytes;
  put_area({rect, 0, 1, row_pitch, column_pitch}, bytes);
  return bytes;
}

DngOpcode opcode_of(std::uint32_t id, OpcodeBytes bytes) { return {id, kVersion, 1, bytes.take()}; }

DngOpcode polynomial(const std::vector<double>& coefficients) {
  OpcodeBytes bytes = area_of(kAll);
  bytes.number(static_cast<std::uint32_t>(coefficients.size() - 1));
  for (const double each : coefficients) bytes.real8(each);
  return opcode_of(opcode::kMapPolynomial, std::move(bytes));
}

DngOpcode gain_map(const Rect& rect, int pitch) {
  OpcodeBytes bytes = area_of(rect, pitch, pitch);
  bytes.number(2);
  bytes.number(2);
  for (const double each : {1.0, 1.0, 0.0, 0.0}) bytes.real8(each);
  bytes.number(1);
  for (const float gain : {1.0F, 2.0F, 3.0F, 4.0F}) bytes.real(gain);
  return opcode_of(opcode::kGainMap, std::move(bytes));
}

DngOpcode deltas(std::uint32_t id, int count) {
  OpcodeBytes bytes = area_of({0, 0, 100, 80}, 2, 1);
  bytes.number(static_cast<std::uint32_t>(count));
  for (int i = 0; i < count; ++i) bytes.real(0.001F * static_cast<float>(i));
  return opcode_of(id, std::move(bytes));
}

OpcodeMove cut_to(const Rect& to) {
  OpcodeMove move;
  move.from = kPicture;
  move.to = to;
  return move;
}

OpcodeMove scaled(double scale, double offset) {
  OpcodeMove move = cut_to(kAll);
  move.scale = scale;
  move.offset = offset;
  return move;
}

TEST(DngOpcodes, AListIsReadAndWrittenUnchanged) {
  const std::vector<DngOpcode> opcodes{
      polynomial({0, 1}), gain_map(kAll, 2), {77, 5, 3, {1, 2, 3}}};
  const auto bytes = opcode_list(opcodes);
  const auto read = parse_opcodes(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, opcodes);
  EXPECT_EQ(opcode_name(opcode::kGainMap), "GainMap");
  EXPECT_EQ(opcode_name(77), "opcode 77");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_opcodes(std::span(bytes).first(size))) << size;
  }
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(parse_opcodes(longer));
  EXPECT_FALSE(parse_opcodes(std::vector<std::uint8_t>{0xFF, 0xFF, 0xFF, 0xFF}));
}

TEST(MoveOpcodes, WhereNothingMovesNothingChangesNotEvenWhatNobodyKnows) {
  const std::vector<DngOpcode> opcodes{{77, 5, 3, {1, 2, 3}}, {opcode::kGainMap, 1, 1, {9}}};
  const auto moved = move_opcodes(opcodes, cut_to(kAll));
  EXPECT_EQ(moved.kept, opcodes);
  EXPECT_THAT(moved.lost, IsEmpty());
}

TEST(MoveOpcodes, BadPixelsAreCountedFromTheNewCornerAndThoseOutsideGo) {
  BadPixelList list;
  list.bayer_phase = 1;
  list.points = {{2, 1}, {30, 20}, {99, 79}};
  list.rects = {{20, 10, 4, 30}, {0, 0, 3, 3}};
  const auto moved = move_opcodes({bad_pixels_opcode(list, {})}, cut_to({11, 12, 50, 40}));
  ASSERT_EQ(moved.kept.size(), 1U);
  const auto left = read_bad_pixels(moved.kept[0], {50, 40});
  ASSERT_TRUE(left);
  EXPECT_THAT(left->points, ElementsAre(Point{19, 8}));
  EXPECT_THAT(left->rects, ElementsAre(Rect{9, 0, 4, 28}));
  EXPECT_EQ(left->bayer_phase, 0U);  // an odd column further
  EXPECT_THAT(moved.lost, IsEmpty());
}

TEST(MoveOpcodes, AGainMapKeepsItsPlaceInTheScene) {
  const Rect to{10, 20, 50, 40};
  const auto moved = move_opcodes({gain_map({1, 0, 99, 80}, 2)}, cut_to(to));
  ASSERT_EQ(moved.kept.size(), 1U);
  OpcodeReader reader(moved.kept[0].parameters);
  const auto area = read_area(reader);
  ASSERT_TRUE(area);
  EXPECT_EQ(area->rect, (Rect{1, 0, 49, 40}));  // every second column from the odd ones on
  EXPECT_EQ(reader.number(), 2U);
  EXPECT_EQ(reader.number(), 2U);
  const double spacing_v = reader.real8();
  const double spacing_h = reader.real8();
  const double origin_v = reader.real8();
  const double origin_h = reader.real8();
  // The place of pixel (30, 33) in the map, before and after.
  EXPECT_NEAR((33 + 0.5) / 80, ((13 + 0.5) / 40 - origin_v) / spacing_v, 1e-12);
  EXPECT_NEAR((30 + 0.5) / 100, ((20 + 0.5) / 50 - origin_h) / spacing_h, 1e-12);
}

TEST(MoveOpcodes, APolynomialAndATableFollowScaledSamples) {
  const std::vector<double> coefficients{0.01, 0.7, 0.2, 0.05};
  constexpr double kScale = 4;
  constexpr double kOffset = 1024;
  const auto moved = move_opcodes({polynomial(coefficients)}, scaled(kScale, kOffset));
  ASSERT_EQ(moved.kept.size(), 1U);
  OpcodeReader reader(moved.kept[0].parameters);
  ASSERT_TRUE(read_area(reader));
  ASSERT_EQ(reader.number(), 3U);
  std::vector<double> changed;
  for (int i = 0; i < 4; ++i) changed.push_back(reader.real8());
  const auto value = [](const std::vector<double>& of, double x) {
    return of[0] + x * (of[1] + x * (of[2] + x * of[3]));
  };
  for (const double count : {0.0, 1000.0, 15000.0}) {
    const double before = 65535 * value(coefficients, count / 65535);
    const double after = 65535 * value(changed, (kScale * count + kOffset) / 65535);
    EXPECT_NEAR(after, kScale * before + kOffset, 1e-6) << count;
  }

  OpcodeBytes table = area_of(kAll);
  table.number(4096);
  for (int i = 0; i < 4096; ++i) table.half(static_cast<std::uint16_t>(2 * i));
  const auto tables =
      move_opcodes({opcode_of(opcode::kMapTable, std::move(table))}, scaled(kScale, kOffset));
  ASSERT_EQ(tables.kept.size(), 1U);
  OpcodeReader entries(tables.kept[0].parameters);
  ASSERT_TRUE(read_area(entries));
  ASSERT_EQ(entries.number(), 65536U);
  for (int i = 0; i < 65536; ++i) {
    const double count = std::clamp((i - kOffset) / kScale, 0.0, 4095.0);
    const double expected = std::min(kScale * 2 * count + kOffset, 65535.0);
    EXPECT_NEAR(entries.half(), expected, 0.51) << i;
  }
}

TEST(MoveOpcodes, RowsOfADeltaAreThoseThatAreLeft) {
  const auto moved = move_opcodes({deltas(opcode::kDeltaPerRow, 40)}, cut_to({0, 11, 100, 20}));
  ASSERT_EQ(moved.kept.size(), 1U);
  OpcodeReader reader(moved.kept[0].parameters);
  const auto area = read_area(reader);
  ASSERT_TRUE(area);
  EXPECT_EQ(area->rect, (Rect{0, 1, 100, 19}));  // row 12 was the sixth
  ASSERT_EQ(reader.number(), 10U);
  EXPECT_FLOAT_EQ(reader.real(), 0.006F);
}

TEST(MoveOpcodes, FactorsNeedAZeroThatStaysZero) {
  const std::vector<DngOpcode> factors{gain_map(kAll, 1), deltas(opcode::kScalePerRow, 40)};
  EXPECT_EQ(move_opcodes(factors, scaled(4, 0)).kept.size(), 2U);
  const auto moved = move_opcodes(factors, scaled(4, 100));
  EXPECT_THAT(moved.kept, IsEmpty());
  EXPECT_THAT(moved.lost, ElementsAre("GainMap", "ScalePerRow"));
}

TEST(MoveOpcodes, WarpsAndUnknownOnesGoByNameWhereSomethingIsCut) {
  const DngOpcode warp{opcode::kWarpRectilinear, kVersion, 1, {1, 2}};
  const DngOpcode unknown{99, kVersion, 1, {1, 2}};
  const auto cut = move_opcodes({warp, unknown, warp}, cut_to({1, 0, 99, 80}));
  EXPECT_THAT(cut.kept, IsEmpty());
  EXPECT_THAT(cut.lost, ElementsAre("WarpRectilinear", "opcode 99"));
  const auto changed = move_opcodes({warp, unknown}, scaled(2, 0));
  EXPECT_THAT(changed.kept, ElementsAre(warp));
  EXPECT_THAT(changed.lost, ElementsAre("opcode 99"));
}

TEST(MoveOpcodes, AVignetteKeepsItsRadiusInPixels) {
  OpcodeBytes bytes;
  for (const double each : {0.5, 0.1, 0.0, 0.0, 0.0, 0.5, 0.5}) bytes.real8(each);
  const auto moved = move_opcodes({opcode_of(opcode::kFixVignetteRadial, std::move(bytes))},
                                  cut_to({20, 20, 80, 60}));
  ASSERT_EQ(moved.kept.size(), 1U);
  OpcodeReader reader(moved.kept[0].parameters);
  const double first = reader.real8();
  const double before = 0.5 / (50 * 50 + 40 * 40);  // a square pixel
  const double after = first / (50 * 50 + 40 * 40);
  EXPECT_NEAR(after, before, 1e-12);
}

TEST(MoveOpcodes, AConstantFollowsExactlyOrIsLost) {
  OpcodeBytes bytes;
  bytes.number(3);
  bytes.number(2);
  const DngOpcode constant = opcode_of(opcode::kFixBadPixelsConstant, std::move(bytes));
  const auto moved = move_opcodes({constant}, scaled(4, 8));
  ASSERT_EQ(moved.kept.size(), 1U);
  EXPECT_EQ(bad_pixel_constant(moved.kept[0]), 20U);
  EXPECT_THAT(move_opcodes({constant}, scaled(4, -100)).lost, ElementsAre("FixBadPixelsConstant"));
}

TEST(MoveOpcodes, NonsenseIsLostAndNothingWorse) {
  for (std::uint32_t id = 0; id < 20; ++id) {
    for (std::size_t size = 0; size < 80; size += 7) {
      const DngOpcode wild{id, 1, 1, std::vector<std::uint8_t>(size, 0xFF)};
      const auto moved = move_opcodes({wild}, cut_to({3, 3, 50, 50}));
      EXPECT_LE(moved.kept.size(), 1U);
    }
  }
}

}  // namespace
}  // namespace latent::metadata
