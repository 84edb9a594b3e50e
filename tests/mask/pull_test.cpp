// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/pull.h"

#include <gtest/gtest.h>

#include "made_masks.h"
#include "mask/vectorise.h"

namespace latent::mask {
namespace {

TEST(DifferingPixels, AreCountedFromTheOriginUpToALimit) {
  Bits one({70, 3});
  Bits two({70, 3});
  one.flip_from(69, 1);
  two.flip_from(0, 2);
  two.flip_from(1, 2);
  const auto found = differing_pixels(one, two, {10, 20}, 9);
  EXPECT_EQ(found, (std::vector<PathPoint>{{79.5, 21.5}, {10.5, 22.5}}));
  EXPECT_EQ(differing_pixels(one, two, {10, 20}, 1).size(), 1U);
}

TEST(PullPast, MovesTheContourOverThePixelAndNothingFarAway) {
  // A square of 20 px; the middle of the pixel (9.5, -0.04) is to be inside.
  std::vector<PathNode> path;
  for (const PathPoint corner : {PathPoint{0, 0}, {20, 0}, {20, 20}, {0, 20}}) {
    path.push_back({corner, corner, corner, 0});
  }
  std::vector<ContourPoint> points{{{5, 0}, false}, {{9.5, 0}, false}, {{20, 10}, false}};
  const std::vector<PathPoint> pixels{{9.5, -0.04}, {10, -5}};
  pull_past(points, path, pixels);
  EXPECT_EQ(points[0].at, (PathPoint{5, 0}));
  EXPECT_NEAR(points[1].at.y, -0.07, 1e-3);
  EXPECT_EQ(points[2].at, (PathPoint{20, 10}));
}

TEST(PullPast, SmallObjectsKeepEveryPixelWithFewNodes) {
  for (const double radius : {7.0, 9.5, 12.0, 17.0, 25.0}) {
    SCOPED_TRACE(radius);
    const int side = 2 * static_cast<int>(radius) + 30;
    const auto mask = mask_of({side, side}, [&](double x, double y) {
      return circle(x, y, side / 2.0 + 0.3, side / 2.0 + 0.2, radius);
    });
    const auto made = vectorise(mask.view(), {});
    ASSERT_TRUE(made) << made.error().sentence;
    EXPECT_GE(made->iou, 0.998);
    EXPECT_LE(static_cast<double>(made->nodes), std::max(3.0, made->contour_px / 12));
  }
}

}  // namespace
}  // namespace latent::mask
