// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/svg_read.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "mask/rasterise.h"
#include "mask/svg.h"

namespace latent::mask {
namespace {

constexpr Size kSize{120, 80};

std::string drawing(const std::string& inside, const std::string& frame = "0 0 120 80") {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"" + frame + "\">" + inside + "</svg>";
}

Result<Image<float>> drawn(const std::string& text, Size size = kSize) {
  LATENT_TRY(const auto shapes, read_svg(text, size));
  return rasterise(shapes.shape, size);
}

double area_of(const std::string& text, Size size = kSize) {
  const auto mask = drawn(text, size);
  if (!mask) {
    ADD_FAILURE() << mask.error().sentence;
    return 0;
  }
  double sum = 0;
  for (int y = 0; y < mask->height(); ++y) {
    for (const float value : mask->view().row(y)) sum += value;
  }
  return sum;
}

TEST(Svg, FillsRectanglesCirclesEllipsesAndPolygons) {
  EXPECT_NEAR(area_of(drawing("<rect x='10' y='5' width='40.5' height='20'/>")), 810, 0.5);
  EXPECT_NEAR(area_of(drawing("<circle cx='50' cy='40' r='30'/>")), 900 * std::numbers::pi, 3);
  EXPECT_NEAR(area_of(drawing("<ellipse cx='50' cy='40' rx='30' ry='10'/>")),
              300 * std::numbers::pi, 1);
  EXPECT_NEAR(area_of(drawing("<polygon points='0,0 40,0 0 40'/>")), 800, 0.5);
}

TEST(Svg, DrawsAllCommandsOfAPath) {
  EXPECT_NEAR(area_of(drawing("<path d='M10 10h40v30H10z'/>")), 1200, 0.5);
  EXPECT_NEAR(area_of(drawing("<path d='m10,10 l40,0 0,30 -40,0'/>")), 1200, 0.5);
  EXPECT_NEAR(area_of(drawing("<path d='M20 40A20 20 0 1 1 60 40A20 20 0 1 1 20 40Z'/>")),
              400 * std::numbers::pi, 2.5);
  EXPECT_NEAR(area_of(drawing("<path d='M20 40a20 20 0 11 40 0'/>")), 200 * std::numbers::pi, 1);
  // A parabola: two thirds of the box around its curve.
  EXPECT_NEAR(area_of(drawing("<path d='M0 0Q30 60 60 0'/>")), 2.0 / 3 * 60 * 30, 1.5);
  EXPECT_NEAR(area_of(drawing("<path d='M0 40Q15 0 30 40T60 40L60 40'/>")), 800, 2);
  EXPECT_NEAR(area_of(drawing("<path d='M0 0C0 40 60 40 60 0S30 0 0 0'/>")),
              area_of(drawing("<path d='M0 0C0 40 60 40 60 0C60 -40 30 0 0 0'/>")), 0.01);
}

TEST(Svg, HolesAreHolesByBothRules) {
  const std::string same = "M0 0H60V60H0Z M20 20H40V40H20Z";
  const std::string other = "M0 0H60V60H0Z M20 20V40H40V20Z";
  EXPECT_NEAR(area_of(drawing("<path fill-rule='evenodd' d='" + same + "'/>")), 3200, 0.5);
  EXPECT_NEAR(area_of(drawing("<path d='" + same + "'/>")), 3600, 0.5);
  EXPECT_NEAR(area_of(drawing("<path d='" + other + "'/>")), 3200, 0.5);
}

TEST(Svg, MovesByTransformsAndByItsFrame) {
  const std::string rect = "<rect width='10' height='10'/>";
  EXPECT_NEAR(area_of(drawing("<g transform='translate(20 20) scale(2)'>" + rect + "</g>")), 400,
              0.5);
  EXPECT_NEAR(area_of(drawing("<g transform='rotate(30 60 40)'><rect x='55' y='35' width='10' "
                              "height='10'/></g>")),
              100, 0.5);
  EXPECT_NEAR(area_of(drawing(rect, "0 0 60 40")), 400, 0.5);
  EXPECT_NEAR(area_of(drawing(rect, "5 5 120 80")), 25, 0.5);
  EXPECT_NEAR(area_of(drawing("<g transform='matrix(1 0 0 1 110 0)'>" + rect + rect + "</g>")), 100,
              0.5);
}

TEST(Svg, LeavesOutWhatIsNotFilledAndSaysSo) {
  const auto shapes = read_svg(drawing("<defs><rect width='9' height='9'/></defs><text>a</text>"
                                       "<rect width='10' height='10' style='fill:none;stroke:red'/>"
                                       "<rect width='5' height='5' stroke='red'/>"),
                               kSize);
  ASSERT_TRUE(shapes) << shapes.error().sentence;
  EXPECT_EQ(shapes->shape.members.size(), 1U);
  ASSERT_EQ(shapes->notices.size(), 2U);
  EXPECT_NE(shapes->notices[0].find("<text>"), std::string::npos);
  EXPECT_NE(shapes->notices[1].find("strokes"), std::string::npos);
}

TEST(Svg, ReadsWhatWeWrite) {
  Shape shape;
  for (const PathPoint& at : {PathPoint{10, 10}, {50, 10}, {50, 60}, {10, 60}}) {
    shape.path.push_back({at, at, at, 0});
  }
  const auto text = svg_of(shape, kSize);
  ASSERT_TRUE(text);
  EXPECT_NEAR(area_of(*text), 2000, 0.5);
}

TEST(Svg, RefusesWhatItCannotPlaceOrRead) {
  const auto refused = [](const std::string& text) {
    const auto shapes = read_svg(text, kSize);
    return shapes ? std::string() : shapes.error().sentence;
  };
  EXPECT_NE(refused("<html/>"), "");
  EXPECT_NE(refused(drawing("<path d='M0 0L'/>")), "");
  EXPECT_NE(refused(drawing("<path d='L3 3'/>")), "");
  EXPECT_NE(refused(drawing("<path d='M0 0L1e99 3'/>")), "");
  EXPECT_NE(refused(drawing("<g transform='twirl(3)'/>")), "");
  EXPECT_NE(refused(drawing("")).find("fills nothing"), std::string::npos);
  EXPECT_NE(refused(drawing("<rect/>", "0 0 80 80")).find("120 x 80"), std::string::npos);
  EXPECT_NE(refused("<svg xmlns=\"http://www.w3.org/2000/svg\"/>").find("viewBox"),
            std::string::npos);
}

}  // namespace
}  // namespace latent::mask
