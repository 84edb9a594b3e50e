// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/rasterise.h"

#include <gtest/gtest.h>

#include <vector>

#include "made_masks.h"
#include "mask/flatten.h"

namespace latent::mask {
namespace {

Shape polygon(const std::vector<PathPoint>& corners, double feather_px = 0) {
  Shape shape;
  for (const PathPoint& corner : corners)
    shape.path.push_back({corner, corner, corner, feather_px});
  return shape;
}

Shape rectangle(double left, double top, double right, double bottom, double feather_px = 0) {
  return polygon({{left, top}, {right, top}, {right, bottom}, {left, bottom}}, feather_px);
}

Shape round_path(double x, double y, double radius, double feather_px = 0) {
  const double k = radius * 0.5522847498;
  Shape shape;
  shape.path = {{{x + radius, y}, {x + radius, y - k}, {x + radius, y + k}, feather_px},
                {{x, y + radius}, {x + k, y + radius}, {x - k, y + radius}, feather_px},
                {{x - radius, y}, {x - radius, y + k}, {x - radius, y - k}, feather_px},
                {{x, y - radius}, {x - k, y - radius}, {x + k, y - radius}, feather_px}};
  return shape;
}

TEST(Rasterise, GivesTheExactAreaOfAPixelThatIsPartlyCovered) {
  const auto mask = rasterise(rectangle(1.25, 1, 3.5, 2.5), {5, 4}).value();
  const std::vector<std::vector<float>> expected{
      {0, 0, 0, 0, 0}, {0, 0.75F, 1, 0.5F, 0}, {0, 0.375F, 0.5F, 0.25F, 0}, {0, 0, 0, 0, 0}};
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 5; ++x) {
      const auto column = static_cast<std::size_t>(x);
      EXPECT_FLOAT_EQ(mask.view().at(x, y), expected[static_cast<std::size_t>(y)][column]);
    }
  }
}

TEST(Rasterise, CutsATriangleAcrossPixels) {
  const auto mask = rasterise(polygon({{0, 0}, {4, 0}, {0, 2}}), {5, 3}).value();
  EXPECT_NEAR(mask.view().at(0, 0), 1, 1e-6);
  EXPECT_NEAR(mask.view().at(2, 0), 0.75, 1e-6);
  EXPECT_NEAR(mask.view().at(3, 0), 0.25, 1e-6);
  EXPECT_NEAR(mask.view().at(1, 1), 0.25, 1e-6);
  EXPECT_NEAR(sum_of(mask.view()), 4, 1e-5);
}

TEST(Rasterise, GivesTheAreaOfAPathWhicheverWayItRunsAndWhereverItIsCut) {
  constexpr double kArea = 3.14159265 * 40 * 40;
  Shape way = round_path(60.3, 50.7, 40);
  EXPECT_NEAR(sum_of(rasterise(way, {120, 100})->view()), kArea, 3);
  std::reverse(way.path.begin(), way.path.end());
  for (PathNode& node : way.path) std::swap(node.arriving, node.leaving);
  EXPECT_NEAR(sum_of(rasterise(way, {120, 100})->view()), kArea, 3);
  // Half of it lies left of the picture, and a quarter above that.
  EXPECT_NEAR(sum_of(rasterise(round_path(0, 0, 40), {120, 100})->view()), kArea / 4, 1);
  EXPECT_NEAR(sum_of(rasterise(round_path(120, 100, 40), {120, 100})->view()), kArea / 4, 1);
}

TEST(Rasterise, FallsInAStraightLineOutsideThePath) {
  const auto mask = rasterise(rectangle(30, 30, 70, 60, 20), {100, 100}).value();
  const auto view = mask.view();
  EXPECT_FLOAT_EQ(view.at(50, 45), 1);
  EXPECT_FLOAT_EQ(view.at(30, 45), 1);
  EXPECT_NEAR(view.at(20, 45), 1 - 9.5 / 20, 1e-5);
  EXPECT_NEAR(view.at(50, 69), 1 - 9.5 / 20, 1e-5);
  EXPECT_NEAR(view.at(19, 19), 1 - std::hypot(10.5, 10.5) / 20, 1e-5);  // round at corners
  EXPECT_FLOAT_EQ(view.at(9, 45), 0);
}

TEST(Rasterise, MeasuresTheFeatherToTheNearestPointOfAConcavePath) {
  // An L: in its inner corner both arms are near.
  const Shape shape = polygon({{20, 20}, {50, 20}, {50, 60}, {90, 60}, {90, 90}, {20, 90}}, 15);
  const auto mask = rasterise(shape, {110, 110}).value();
  const auto flat = flatten(shape.path);
  for (int y = 0; y < 110; ++y) {
    for (int x = 0; x < 110; ++x) {
      const PathPoint at{x + 0.5, y + 0.5};
      double nearest = 1e9;
      for (std::size_t i = 0; i < flat.size(); ++i) {
        const PathPoint a = flat[i].at;
        const PathPoint along = flat[(i + 1) % flat.size()].at - a;
        const double t = std::clamp(dot(at - a, along) / dot(along, along), 0.0, 1.0);
        nearest = std::min(nearest, length(at - a - along * t));
      }
      const bool inside =
          (x >= 20 && x < 50 && y >= 20 && y < 90) || (x >= 20 && x < 90 && y >= 60 && y < 90);
      const double expected = inside ? 1 : std::max(0.0, 1 - nearest / 15);
      ASSERT_NEAR(mask.view().at(x, y), expected, 1e-4) << x << " " << y;
    }
  }
}

TEST(Rasterise, LetsTheFeatherGrowFromNodeToNode) {
  Shape shape = rectangle(40, 40, 80, 80);
  for (PathNode& node : shape.path) node.feather_px = node.at.x < 50 ? 10 : 30;
  const auto mask = rasterise(shape, {120, 120}).value();
  EXPECT_NEAR(mask.view().at(34, 60), 1 - 5.5 / 10, 0.02);
  EXPECT_NEAR(mask.view().at(85, 60), 1 - 5.5 / 30, 0.02);
  // In the middle of the upper side t * t * (3 - 2 t) is a half.
  EXPECT_NEAR(mask.view().at(60, 34), 1 - 5.5 / 20, 0.02);
}

TEST(Rasterise, CombinesTheMembersOfAGroupInTheirOrder) {
  Shape a = rectangle(0, 0, 4, 1);
  Shape b = rectangle(2, 0, 6, 1);
  b.opacity = 0.25;
  const auto row = [&](Combine combine, bool inverse = false) {
    Shape group;
    b.combine = combine;
    b.inverse = inverse;
    group.members = {a, b};
    const auto mask = rasterise(group, {8, 1}).value();
    return std::vector<float>{mask.view().at(1, 0), mask.view().at(3, 0), mask.view().at(5, 0),
                              mask.view().at(7, 0)};
  };
  using Row = std::vector<float>;
  EXPECT_EQ(row(Combine::Union), (Row{1, 1, 0.25F, 0}));
  EXPECT_EQ(row(Combine::Intersection), (Row{0, 0.25F, 0, 0}));
  EXPECT_EQ(row(Combine::Difference), (Row{1, 0.75F, 0, 0}));
  EXPECT_EQ(row(Combine::Sum), (Row{1, 1, 0.25F, 0}));
  EXPECT_EQ(row(Combine::Exclusion), (Row{1, 0.75F, 0.25F, 0}));
  EXPECT_EQ(row(Combine::Product), (Row{0, 0.25F, 0, 0}));
  EXPECT_EQ(row(Combine::Screen), (Row{1, 1, 0.25F, 0}));
  EXPECT_EQ(row(Combine::Replace), (Row{0, 0.25F, 0.25F, 0}));
  EXPECT_EQ(row(Combine::Difference, true), (Row{0.75F, 1, 0, 0}));
}

TEST(Rasterise, EatsIntoTheObjectWithTheFeatherOfAHole) {
  Shape group;
  group.members = {rectangle(10, 10, 90, 90), rectangle(40, 40, 60, 60, 10)};
  group.members[1].combine = Combine::Difference;
  const auto mask = rasterise(group, {100, 100}).value();
  EXPECT_FLOAT_EQ(mask.view().at(50, 50), 0);
  EXPECT_NEAR(mask.view().at(35, 50), 4.5 / 10, 1e-5);
  EXPECT_FLOAT_EQ(mask.view().at(20, 50), 1);
}

TEST(Rasterise, RefusesGroupsThatAreTooDeep) {
  Shape shape = rectangle(0, 0, 2, 2);
  for (int i = 0; i < 20; ++i) {
    Shape group;
    group.members = {shape};
    shape = group;
  }
  const auto mask = rasterise(shape, {4, 4});
  ASSERT_FALSE(mask);
  EXPECT_EQ(mask.error().code, ErrorCode::Unsupported);
}

TEST(Iou, IsTheSharedPartOfTwoMasks) {
  const auto a = rasterise(rectangle(0, 0, 6, 4), {10, 4}).value();
  const auto b = rasterise(rectangle(2, 0, 10, 4), {10, 4}).value();
  EXPECT_DOUBLE_EQ(iou(a.view(), 0.5F, b.view(), 0.5F), 0.4);
  EXPECT_DOUBLE_EQ(soft_iou(a.view(), b.view()), 0.4);
}

}  // namespace
}  // namespace latent::mask
