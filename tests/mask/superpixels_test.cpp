// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/superpixels.h"

#include <gtest/gtest.h>

#include <set>

#include "mask/region_graph.h"
#include "mask/working_picture.h"
#include "scenes.h"

namespace latent::mask {
namespace {

TEST(WorkingPicture, GivesWhiteAndRedAsCieDoes) {
  auto picture = Image<std::uint8_t>::create({4, 4}, 3).value();
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) picture.view().at(x, y, 0) = 255;
  }
  const auto red = working_picture(picture.view(), 1536);
  ASSERT_TRUE(red);
  EXPECT_NEAR(red->lab.view().at(1, 1, 0), 53.24F, 0.02F);  // sRGB red, D65
  EXPECT_NEAR(red->lab.view().at(1, 1, 1), 80.09F, 0.05F);
  EXPECT_NEAR(red->lab.view().at(1, 1, 2), 67.20F, 0.05F);
}

TEST(WorkingPicture, ReducesToTheLongestSide) {
  EXPECT_EQ(working_size({6000, 4000}, 1536), (Size{1536, 1024}));
  EXPECT_EQ(working_size({100, 50}, 1536), (Size{100, 50}));
  EXPECT_EQ(working_size({40000, 3}, 1536), (Size{1536, 1}));
}

TEST(Superpixels, ArePiecesThatHangTogetherAndFollowEdges) {
  const auto picture = discs({300, 200}, {{150, 100, 50}});
  const auto working = working_picture(picture.view(), 1536);
  ASSERT_TRUE(working);
  const auto pieces = superpixels(working->lab.view(), 300);
  ASSERT_TRUE(pieces);
  EXPECT_NEAR(pieces->count, 300, 60);
  const auto labels = pieces->labels.view();
  std::vector<double> inside(static_cast<std::size_t>(pieces->count), 0);
  std::vector<double> area(inside.size(), 0);
  std::vector<int> starts(inside.size(), 0);
  Image<std::uint8_t> seen = Image<std::uint8_t>::create({300, 200}).value();
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 300; ++x) {
      const auto label = static_cast<std::size_t>(labels.at(x, y));
      area[label] += 1;
      inside[label] += in_disc(x, y, 150, 100, 50) ? 1 : 0;
      if (seen.view().at(x, y) != 0) continue;
      ++starts[label];
      std::vector<Point> stack{{x, y}};
      seen.view().at(x, y) = 1;
      while (!stack.empty()) {
        const Point p = stack.back();
        stack.pop_back();
        for (const Point q :
             {Point{p.x + 1, p.y}, {p.x - 1, p.y}, {p.x, p.y + 1}, {p.x, p.y - 1}}) {
          if (q.x < 0 || q.y < 0 || q.x >= 300 || q.y >= 200) continue;
          if (seen.view().at(q.x, q.y) != 0 || labels.at(q.x, q.y) != labels.at(x, y)) continue;
          seen.view().at(q.x, q.y) = 1;
          stack.push_back(q);
        }
      }
    }
  }
  double wrong = 0;
  for (std::size_t i = 0; i < area.size(); ++i) {
    EXPECT_EQ(starts[i], 1) << "piece " << i;
    wrong += std::min(inside[i], area[i] - inside[i]);
  }
  EXPECT_LT(wrong, 0.005 * 300 * 200);
}

TEST(RegionGraph, HoldsEveryRegionInItsTree) {
  const auto picture = discs({300, 200}, {{150, 100, 50}});
  const auto working = working_picture(picture.view(), 1536);
  const auto pieces = superpixels(working->lab.view(), 300);
  const auto graph = region_graph(*working, *pieces);
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->tree.size(), 2 * graph->regions.size() - 1);
  const TreeNode& root = graph->tree.back();
  EXPECT_EQ(root.last - root.first, static_cast<int>(graph->regions.size()));
  EXPECT_FLOAT_EQ(root.area, 300.0F * 200.0F);
  EXPECT_EQ(std::set<int>(graph->order.begin(), graph->order.end()).size(), graph->regions.size());
  double best = 0;  // the disc is a region of the tree
  for (const TreeNode& node : graph->tree) {
    Image<std::uint8_t> mask = Image<std::uint8_t>::create({300, 200}).value();
    std::vector<char> in(graph->regions.size(), 0);
    for (int i = node.first; i < node.last; ++i) {
      in[static_cast<std::size_t>(graph->order[static_cast<std::size_t>(i)])] = 1;
    }
    if (node.area < 4000 || node.area > 12000) continue;
    for (int y = 0; y < 200; ++y) {
      for (int x = 0; x < 300; ++x) {
        mask.view().at(x, y) =
            in[static_cast<std::size_t>(pieces->labels.view().at(x, y))] != 0 ? 1 : 0;
      }
    }
    best = std::max(best, iou_with(mask, [](int x, int y) { return in_disc(x, y, 150, 100, 50); }));
  }
  EXPECT_GT(best, 0.95);
}

}  // namespace
}  // namespace latent::mask
