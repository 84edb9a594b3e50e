// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/apply_opcodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metadata/dng_opcodes.h"

namespace latent::read {
namespace {

using metadata::DngOpcode;
using metadata::OpcodeBytes;
using testing::HasSubstr;
namespace opcode = metadata::opcode;

constexpr std::uint16_t kList1 = 51008;
constexpr std::uint16_t kList2 = 51009;
constexpr std::uint16_t kList3 = 51022;

CarriedTag list_of(std::uint16_t tag, const std::vector<DngOpcode>& opcodes) {
  auto bytes = metadata::opcode_list(opcodes);
  const auto count = static_cast<std::uint32_t>(bytes.size());
  return {tag, 7, count, true, std::move(bytes)};
}

/// All sites 100 above a black of 100, white at 1100, margins of 2.
Mosaic flat_mosaic() {
  Mosaic mosaic;
  mosaic.samples = Image<std::uint16_t>::create({24, 20}).value();
  for (int y = 0; y < 20; ++y) {
    std::ranges::fill(mosaic.samples.view().row(y), std::uint16_t{200});
  }
  mosaic.active = {2, 2, 20, 16};
  mosaic.sensor = SensorClass::Bayer;
  mosaic.cfa = CfaPattern::create(
                   {2, 2}, {CfaColour::Red, CfaColour::Green, CfaColour::Green, CfaColour::Blue})
                   .value();
  mosaic.levels = {{{1, 1}, {100}}, {1100, 1100, 1100, 1100}};
  return mosaic;
}

DngOpcode gain_map(const Rect& rect, int pitch, std::uint32_t planes = 1) {
  OpcodeBytes bytes;
  put_area({rect, 0, planes, pitch, pitch}, bytes);
  bytes.number(1);
  bytes.number(2);
  for (const double each : {1.0, 0.9, 0.0, 0.05}) bytes.real8(each);
  bytes.number(1);
  bytes.real(2);
  bytes.real(4);
  return {opcode::kGainMap, 1, 1, bytes.take()};
}

TEST(ApplyOpcodes, AGainMapOfTheSecondListWorksAboveBlackInTheActiveArea) {
  Mosaic mosaic = flat_mosaic();
  mosaic.carried_tags = {list_of(kList2, {gain_map({1, 0, 19, 16}, 2)})};
  EXPECT_EQ(apply_opcodes(mosaic), "");
  const auto view = mosaic.samples.view();
  EXPECT_EQ(view.at(0, 0), 200);  // the margin
  EXPECT_EQ(view.at(2, 2), 200);  // another site of the pattern
  EXPECT_EQ(view.at(2, 3), 200);
  // Column 9 of 20 lies at 0.475: (0.475 - 0.05) / 0.9 of the way from 2 to 4.
  EXPECT_EQ(view.at(2 + 9, 2), 100 + std::lround(100 * (2 + 2 * 0.425 / 0.9)));
}

TEST(ApplyOpcodes, ListsWorkInTheirOrderAndOnTheirOwnValues) {
  Mosaic mosaic = flat_mosaic();
  OpcodeBytes delta;
  put_area({{0, 0, 24, 20}, 0, 1, 20, 1}, delta);
  delta.number(1);
  delta.real(50.0F / 65535.0F);
  OpcodeBytes polynomial;
  put_area({{0, 0, 20, 16}, 0, 1, 1, 1}, polynomial);
  polynomial.number(2);
  for (const double each : {0.0, 0.0, 2.0}) polynomial.real8(each);
  mosaic.carried_tags = {list_of(kList1, {{opcode::kDeltaPerRow, 1, 1, delta.take()}}),
                         list_of(kList2, {{opcode::kMapPolynomial, 1, 1, polynomial.take()}})};
  EXPECT_EQ(apply_opcodes(mosaic), "");
  EXPECT_EQ(mosaic.samples.view().at(5, 0), 250);       // the first row of all, which is a margin
  EXPECT_EQ(mosaic.samples.view().at(5, 5), 100 + 20);  // 2 * 0.1 ^ 2
}

TEST(ApplyOpcodes, DefectiveSitesAreMendedFirst) {
  Mosaic mosaic = flat_mosaic();
  mosaic.samples.view().at(10, 9) = 0;
  mosaic.samples.view().at(11, 9) = 7;
  metadata::BadPixelList list;
  list.points = {{11, 9}};
  OpcodeBytes constant;
  constant.number(0);
  constant.number(0);
  mosaic.carried_tags = {list_of(kList1, {{opcode::kFixBadPixelsConstant, 1, 1, constant.take()},
                                          metadata::bad_pixels_opcode(list, {})})};
  EXPECT_EQ(apply_opcodes(mosaic), "");
  EXPECT_EQ(mosaic.samples.view().at(10, 9), 200);
  EXPECT_EQ(mosaic.samples.view().at(11, 9), 200);
}

TEST(ApplyOpcodes, GainsOfTheThirdListCountUpToTheFirstWarpWhichIsNamed) {
  const DngOpcode warp{opcode::kWarpRectilinear, 1, 1, {}};
  OpcodeBytes vignette;
  for (const double each : {1.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5}) vignette.real8(each);
  const DngOpcode corners{opcode::kFixVignetteRadial, 1, 1, vignette.take()};
  Mosaic before = flat_mosaic();
  before.carried_tags = {list_of(kList3, {corners, warp})};
  EXPECT_THAT(apply_opcodes(before), HasSubstr("WarpRectilinear of OpcodeList3"));
  EXPECT_GT(before.samples.view().at(2, 2), 270);
  EXPECT_NEAR(before.samples.view().at(12, 10), 200, 2);
  Mosaic behind = flat_mosaic();
  behind.carried_tags = {list_of(kList3, {warp, corners})};
  EXPECT_THAT(apply_opcodes(behind),
              HasSubstr("WarpRectilinear of OpcodeList3, FixVignetteRadial of OpcodeList3"));
  EXPECT_EQ(behind.samples.view().at(2, 2), 200);
}

TEST(ApplyOpcodes, OfALinearPictureEachPlaneIsItsOwn) {
  LinearRaw linear;
  linear.samples = Image<std::uint16_t>::create({8, 6}, 3).value();
  for (int y = 0; y < 6; ++y) {
    std::ranges::fill(linear.samples.view().row(y), std::uint16_t{1000});
  }
  linear.white = {4000, 4000, 4000};
  OpcodeBytes scale;
  put_area({{0, 0, 8, 6}, 1, 1, 1, 8}, scale);
  scale.number(1);
  scale.real(1.5);
  linear.carried_tags = {list_of(kList2, {{opcode::kScalePerColumn, 1, 1, scale.take()}})};
  EXPECT_EQ(apply_opcodes(linear), "");
  EXPECT_EQ(linear.samples.view().at(0, 3, 0), 1000);
  EXPECT_EQ(linear.samples.view().at(0, 3, 1), 1500);
  EXPECT_EQ(linear.samples.view().at(1, 3, 1), 1000);
}

}  // namespace
}  // namespace latent::read
