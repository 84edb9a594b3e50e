// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/darktable_mask.h"

#include <gmock/gmock.h>

#include <cmath>
#include <initializer_list>
#include <limits>

#include "mask/distance.h"
#include "scenes.h"

namespace latent::mask {
namespace {

constexpr Size kSize{160, 80};

SoftMask soft(std::initializer_list<Rect> boxes, float inside = 0.9F, float outside = 0.1F) {
  auto mask = SoftMask::create(kSize).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      bool in = false;
      for (const Rect& box : boxes) in = in || box.contains(Rect{x, y, 1, 1});
      mask.view().at(x, y) = in ? inside : outside;
    }
  }
  return mask;
}

NetFrame frame_of(const NetContract& contract) { return net_frame(contract, kSize); }

NetContract contract(bool boxes) {
  NetContract how;
  how.side = 64;
  how.fit = NetFit::LongestSide;
  how.compat = NetCompat::Darktable56;
  how.boxes = boxes;
  return how;
}

TEST(ExactDistance, IsThatOfEveryPixelToTheNearestOfTheOtherLabel) {
  auto labels = Image<std::uint8_t>::create({23, 17}).value();
  for (int y = 0; y < 17; ++y) {
    for (int x = 0; x < 23; ++x) labels.view().at(x, y) = (x * 5 + y * 11) % 13 == 0 ? 0 : 1;
  }
  const auto found = exact_distance(labels.view());
  ASSERT_TRUE(found);
  for (int y = 0; y < 17; ++y) {
    for (int x = 0; x < 23; ++x) {
      double least = std::numeric_limits<double>::max();
      for (int v = 0; v < 17; ++v) {
        for (int u = 0; u < 23; ++u) {
          if (labels.view().at(u, v) == 0) least = std::min(least, std::hypot(u - x, v - y));
        }
      }
      ASSERT_NEAR(found->view().at(x, y), least, 1e-5) << x << ", " << y;
    }
  }
}

TEST(DarktablePoints, AreTheThickestPlaceAndAWiderBox) {
  const auto how = contract(true);
  const auto mask = soft({{40, 20, 61, 41}});
  const auto points =
      darktable_points(mask.view(), std::vector{click(45.5 / 160, 25.5 / 80)}, how, frame_of(how));
  ASSERT_TRUE(points) << points.error().sentence;
  ASSERT_EQ(points->size(), 3U);
  const double scale = 64.0 / 160;
  EXPECT_EQ((*points)[0].label, 1);
  EXPECT_NEAR((*points)[0].at.y, 40 * scale, 1e-6);  // the middle row
  EXPECT_EQ((*points)[1].label, 2);
  EXPECT_NEAR((*points)[1].at.x, (40 - 4) * scale, 1e-6);
  EXPECT_NEAR((*points)[1].at.y, (20 - 3) * scale, 1e-6);
  EXPECT_EQ((*points)[2].label, 3);
  EXPECT_NEAR((*points)[2].at.x, (100 + 4) * scale, 1e-6);
  EXPECT_NEAR((*points)[2].at.y, (60 + 3) * scale, 1e-6);
}

TEST(DarktablePoints, LeaveOutWhatTheUserHasSaidAlready) {
  const auto how = contract(false);
  const auto mask = soft({{40, 20, 41, 41}});
  const auto asked = [&](const std::vector<Prompt>& prompts, const SoftMask& from) {
    const auto points = darktable_points(from.view(), prompts, how, frame_of(how));
    EXPECT_TRUE(points);
    return points ? points->size() : 99;
  };
  EXPECT_EQ(asked({click(45.5 / 160, 25.5 / 80)}, mask), 1U);
  EXPECT_EQ(asked({click(60.5 / 160, 44.5 / 80)}, mask), 0U);         // 4 pixels from it
  EXPECT_EQ(asked({click(60.5 / 160, 40.5 / 80, false)}, mask), 1U);  // not on the object
  EXPECT_EQ(asked({click(45.5 / 160, 25.5 / 80)}, soft({{40, 20, 41, 8}})), 0U);  // too thin
  Prompt box;
  box.kind = PromptKind::Box;
  box.places = {{0.1, 0.1}, {0.9, 0.9}};
  EXPECT_EQ(asked({box}, mask), 0U);
  EXPECT_EQ(asked({click(0.5, 0.5)}, soft({})), 0U);
}

/// A picture whose two boxes are red.
Image<std::uint8_t> picture() {
  auto made = Image<std::uint8_t>::create(kSize, 3).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const bool red = y >= 20 && y < 60 && ((x >= 20 && x < 60) || (x >= 100 && x < 150));
      auto* pixel = &made.view().at(x, y);
      pixel[0] = red ? 200 : 60;
      pixel[1] = red ? 40 : 130;
      pixel[2] = 90;
    }
  }
  return made;
}

TEST(DarktableMask, KeepsThePieceOfTheLastClickAndMovesItsEdge) {
  const auto photo = picture();
  // Both a little too large, to the right.
  const Rect left{20, 20, 43, 40};
  const Rect right{100, 20, 53, 40};
  const auto made = [&](const std::vector<Prompt>& prompts) {
    auto mask = darktable_mask(soft({left, right}), prompts, photo.view(), {});
    EXPECT_TRUE(mask);
    return mask ? *std::move(mask) : SoftMask{};
  };
  const auto both = made({click(0.8, 0.5), click(0.25, 0.5)});
  EXPECT_GT(both.view().at(40, 40), 0.5F);
  EXPECT_GT(both.view().at(59, 40), 0.5F);
  EXPECT_LT(both.view().at(60, 40), 0.5F);  // the picture's edge
  EXPECT_LT(both.view().at(120, 40), 0.5F);
  const auto none = made({click(0.5, 0.05)});  // in no piece: the largest
  EXPECT_LT(none.view().at(40, 40), 0.5F);
  EXPECT_GT(none.view().at(120, 40), 0.5F);
  EXPECT_LT(none.view().at(151, 40), 0.5F);
}

}  // namespace
}  // namespace latent::mask
