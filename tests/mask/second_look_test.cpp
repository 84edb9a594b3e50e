// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/second_look.h"

#include <gtest/gtest.h>

#include "mask/session.h"
#include "scenes.h"

namespace latent::mask {
namespace {

constexpr Size kMask{200, 100};
constexpr Size kPhotograph{1000, 500};

Image<std::uint8_t> rectangle(const Rect& area, Size size = kMask) {
  auto mask = Image<std::uint8_t>::create(size);
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) mask->view().at(x, y) = 1;
  }
  return *std::move(mask);
}

TEST(SecondPrompts, ClickWhereTheObjectIsThickest) {
  const auto mask = rectangle({20, 10, 100, 40});
  const std::vector<Prompt> edge{click(0.12, 0.12)};
  const auto more = second_prompts(mask.view(), edge);
  ASSERT_TRUE(more);
  ASSERT_EQ(more->size(), 1U);
  EXPECT_TRUE(more->front().on_object);
  EXPECT_NEAR(more->front().places.front().y, 0.30, 0.02);
  const std::vector<Prompt> there{more->front()};
  EXPECT_TRUE(second_prompts(mask.view(), there)->empty());                        // said already
  EXPECT_TRUE(second_prompts(rectangle({20, 10, 100, 6}).view(), edge)->empty());  // too thin
  EXPECT_TRUE(second_prompts(rectangle({0, 0, 0, 0}).view(), edge)->empty());
  const std::vector<Prompt> boxed{edge.front(), box(0.1, 0.1, 0.7, 0.6)};
  EXPECT_TRUE(second_prompts(mask.view(), boxed)->empty());
}

TEST(CropAround, IsThreeTimesASmallObjectAndInsideThePhotograph) {
  const auto mask = rectangle({190, 90, 10, 10});
  const auto crop = crop_around(mask.view(), std::vector{click(0.97, 0.95)}, kPhotograph);
  ASSERT_TRUE(crop);
  EXPECT_EQ(*crop, (Rect{850, 350, 150, 150}));
  EXPECT_FALSE(crop_around(rectangle({0, 0, 60, 20}).view(), {}, kPhotograph));  // not small
  EXPECT_FALSE(crop_around(mask.view(), std::vector{click(0.1, 0.1)}, kPhotograph));
  EXPECT_FALSE(crop_around(rectangle({0, 0, 0, 0}).view(), {}, kPhotograph));
  EXPECT_TRUE(holds(*crop, {860, 360, 120, 120}));
  EXPECT_FALSE(holds(*crop, {860, 360, 60, 60}));
  EXPECT_FALSE(holds(*crop, {840, 360, 120, 120}));
}

TEST(CropAround, TakesPromptsAlong) {
  const Rect crop{400, 200, 200, 100};
  const ObjectPrompts object{{click(0.5, 0.5), click(0.1, 0.1, false), box(0.3, 0.45, 0.55, 0.9),
                              stroke({{0.5, 0.45}, {0.9, 0.45}}, 0.01)}};
  const ObjectPrompts inside = in_crop(object, crop, kPhotograph);
  ASSERT_EQ(inside.prompts.size(), 3U);
  EXPECT_NEAR(inside.prompts[0].places[0].x, 0.5, 1e-9);
  EXPECT_NEAR(inside.prompts[0].places[0].y, 0.5, 1e-9);
  EXPECT_NEAR(inside.prompts[1].places[0].x, 0, 1e-9);
  EXPECT_NEAR(inside.prompts[1].places[1].x, 0.75, 1e-9);
  ASSERT_EQ(inside.prompts[2].places.size(), 1U);
  EXPECT_NEAR(inside.prompts[2].radius, 0.05, 1e-9);
}

TEST(PartMask, AgreesWhereHalfOfItIsTheSameObject) {
  const auto whole = rectangle({40, 20, 20, 20});
  PartMask part{{100, 50, 300, 300}, rectangle({20, 10, 20, 20}, {60, 60})};
  EXPECT_TRUE(agrees(part, whole.view(), kPhotograph));
  part.mask = rectangle({0, 0, 20, 10}, {60, 60});
  EXPECT_FALSE(agrees(part, whole.view(), kPhotograph));
}

TEST(MaskSession, LooksCloserAtASmallObject) {
  const Size size{900, 600};
  const Disc disc{450, 300, 14};
  auto session = MaskSession::create(discs(size, {disc}));
  ASSERT_TRUE(session);
  PromptSet prompts;
  prompts.source_size = size;
  prompts.objects.push_back({{click(450.5 / 900, 300.5 / 600)}});
  MaskSettings settings;
  settings.refine.how = Refinement::None;
  const auto overlap = [&](SmallObjects how) {
    settings.small_objects = how;
    const auto mask = session->mask(prompts, settings);
    if (!mask) return 0.0;
    std::int64_t both = 0;
    std::int64_t any = 0;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const bool truth = (x - 450) * (x - 450) + (y - 300) * (y - 300) <= 14 * 14;
        const bool found = mask->view().at(x, y) > 0.5F;
        both += truth && found ? 1 : 0;
        any += truth || found ? 1 : 0;
      }
    }
    return static_cast<double>(both) / static_cast<double>(any);
  };
  EXPECT_GT(overlap(SmallObjects::Whole), 0.95);
  EXPECT_GT(overlap(SmallObjects::Crop), 0.95);
}

}  // namespace
}  // namespace latent::mask
