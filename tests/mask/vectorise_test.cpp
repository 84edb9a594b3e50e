// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/vectorise.h"

#include <gtest/gtest.h>

#include "made_masks.h"
#include "mask/flatten.h"
#include "mask/rasterise.h"

namespace latent::mask {
namespace {

struct Example {
  const char* name;
  Image<float> mask;
  int outlines;
  int holes;
};

std::vector<Example> examples() {
  std::vector<Example> all;
  all.push_back(
      {"circle",
       mask_of({200, 150}, [](double x, double y) { return circle(x, y, 100.3, 70.2, 50); }), 1,
       0});
  all.push_back(
      {"soft circle",
       mask_of(
           {200, 150}, [](double x, double y) { return circle(x, y, 100.3, 70.2, 50); }, 8),
       1, 0});
  all.push_back({"hand", mask_of({400, 380}, hand), 1, 0});
  all.push_back({"ring", mask_of({300, 280}, ring), 2, 1});
  all.push_back({"square",
                 mask_of({200, 150},
                         [](double x, double y) {
                           return std::max(std::abs(x - 100.4) - 60.3, std::abs(y - 70.8) - 40.1);
                         }),
                 1, 0});
  return all;
}

void expect_no_double_nodes(const Shape& shape) {
  for (const Shape& member : shape.members) {
    ASSERT_GE(member.path.size(), 3U);
    for (std::size_t i = 0; i < member.path.size(); ++i) {
      const PathNode& next = member.path[(i + 1) % member.path.size()];
      EXPECT_GE(length(next.at - member.path[i].at), 0.5);
    }
  }
}

TEST(Vectorise, KeepsTheMaskWithFewNodes) {
  for (const Example& example : examples()) {
    SCOPED_TRACE(example.name);
    const auto made = vectorise(example.mask.view(), {});
    ASSERT_TRUE(made) << made.error().sentence;
    EXPECT_EQ(made->outlines, example.outlines);
    EXPECT_EQ(made->holes, example.holes);
    EXPECT_GE(made->iou, 0.998);
    EXPECT_EQ(made->nodes, node_count(made->shape));
    EXPECT_LE(static_cast<double>(made->nodes) * 12, made->contour_px);
    expect_no_double_nodes(made->shape);
  }
}

TEST(Vectorise, ComesBackAsTheSameMask) {
  for (const Example& example : examples()) {
    SCOPED_TRACE(example.name);
    const auto made = vectorise(example.mask.view(), {}).value();
    const auto drawn = rasterise(made.shape, example.mask.size()).value();
    const double area = sum_of(example.mask.view());
    EXPECT_NEAR(sum_of(drawn.view()), area, 0.005 * area);
    EXPECT_NEAR(iou(drawn.view(), 0.5F, example.mask.view(), 0.5F), made.iou, 0.002);
  }
}

TEST(Vectorise, FollowsTheThreshold) {
  const auto mask = mask_of(
      {200, 150}, [](double x, double y) { return circle(x, y, 100, 75, 50); }, 20);
  for (const double threshold : {0.3, 0.5, 0.8}) {
    VectoriseSettings settings;
    settings.threshold = threshold;
    const auto made = vectorise(mask.view(), settings).value();
    const double radius = 50 + 20 * (0.5 - threshold);
    const double area = sum_of(rasterise(made.shape, mask.size())->view());
    EXPECT_NEAR(std::sqrt(area / 3.14159265), radius, 0.1) << threshold;
  }
}

TEST(Vectorise, LeavesOutWhatIsSmallerThanTheCleanup) {
  const auto mask = mask_of({200, 150}, [](double x, double y) {
    return std::min(
        {circle(x, y, 60, 75, 40), circle(x, y, 150, 40, 3), circle(x, y, 150, 110, 9)});
  });
  VectoriseSettings settings;
  settings.cleanup_px2 = 0;
  EXPECT_EQ(vectorise(mask.view(), settings)->outlines, 3);
  settings.cleanup_px2 = 60;
  EXPECT_EQ(vectorise(mask.view(), settings)->outlines, 2);
  settings.cleanup_px2 = 1000;
  EXPECT_EQ(vectorise(mask.view(), settings)->outlines, 1);
}

TEST(Vectorise, RemovesSpikesNarrowerThanTwiceTheFeather) {
  const auto mask = mask_of({300, 200}, [](double x, double y) {
    const double spike = std::max(std::abs(x - 180) - 100, std::abs(y - 100) - 4);
    return std::min(circle(x, y, 90, 100, 60), spike);
  });
  EXPECT_EQ(vectorise(mask.view(), {})->spikes_px, 0);
  VectoriseSettings settings;
  settings.feather_px = 6;
  const auto made = vectorise(mask.view(), settings).value();
  EXPECT_GT(made.spikes_px, 700);
  const auto drawn = rasterise(made.shape, mask.size()).value();
  EXPECT_FLOAT_EQ(drawn.view().at(250, 100), 0);
  EXPECT_FLOAT_EQ(drawn.view().at(90, 100), 1);
  EXPECT_DOUBLE_EQ(made.shape.members[0].path[0].feather_px, 6);
}

TEST(Vectorise, ReachesTheBorderOfThePicture) {
  const auto full = mask_of({300, 200}, [](double, double) { return -9.0; });
  const auto made = vectorise(full.view(), {}).value();
  EXPECT_DOUBLE_EQ(made.iou, 1);
  EXPECT_DOUBLE_EQ(sum_of(rasterise(made.shape, {300, 200})->view()), 60000);
  const auto half = mask_of({300, 200}, [](double x, double) { return x - 150.25; });
  const auto left = vectorise(half.view(), {}).value();
  // Between the middles of two pixels the edge of an area is met to 0.09 px.
  EXPECT_NEAR(sum_of(rasterise(left.shape, {300, 200})->view()), 150.25 * 200, 18);
}

TEST(Vectorise, TakesTheSmallestAndTheEmptyObject) {
  auto mask = Image<float>::create({50, 40}).value();
  EXPECT_EQ(vectorise(mask.view(), {})->outlines, 0);
  EXPECT_DOUBLE_EQ(vectorise(mask.view(), {})->iou, 1);
  mask.view().at(20, 20) = 1;
  VectoriseSettings settings;
  settings.cleanup_px2 = 0;
  const auto made = vectorise(mask.view(), settings).value();
  EXPECT_EQ(made.outlines, 1);
  EXPECT_GT(rasterise(made.shape, mask.size())->view().at(20, 20), 0.5F);
}

TEST(Vectorise, TakesTwentyThousandComponents) {
  auto mask = Image<float>::create({600, 600}).value();
  for (int y = 0; y < 600; y += 4) {
    for (int x = 0; x < 600; x += 4) {
      for (int i = 0; i < 4; ++i) mask.view().at(x + i % 2, y + i / 2) = 1;
    }
  }
  VectoriseSettings settings;
  settings.cleanup_px2 = 0;
  const auto made = vectorise(mask.view(), settings).value();
  EXPECT_EQ(made.outlines, 22500);
  settings.cleanup_px2 = 10;
  EXPECT_EQ(vectorise(mask.view(), settings)->outlines, 0);
}

TEST(Vectorise, RefusesSettingsOutsideTheirRange) {
  const auto mask = mask_of({20, 20}, [](double x, double y) { return circle(x, y, 10, 10, 5); });
  const auto refused = [&](auto change) {
    VectoriseSettings settings;
    change(settings);
    const auto made = vectorise(mask.view(), settings);
    return !made && made.error().code == ErrorCode::Usage;
  };
  EXPECT_TRUE(refused([](auto& s) { s.threshold = 0; }));
  EXPECT_TRUE(refused([](auto& s) { s.threshold = std::nan(""); }));
  EXPECT_TRUE(refused([](auto& s) { s.smoothing = 2; }));
  EXPECT_TRUE(refused([](auto& s) { s.feather_px = -1; }));
  EXPECT_TRUE(refused([](auto& s) { s.cleanup_px2 = -1; }));
}

TEST(Vectorise, StopsWhenItIsCancelled) {
  const auto mask = mask_of({20, 20}, [](double x, double y) { return circle(x, y, 10, 10, 5); });
  std::stop_source stop;
  stop.request_stop();
  RunControl control;
  control.stop = stop.get_token();
  const auto made = vectorise(mask.view(), {}, control);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::mask
