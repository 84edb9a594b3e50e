// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/session.h"

#include <gmock/gmock.h>

#include "scenes.h"

namespace latent::mask {
namespace {

constexpr Size kSize{480, 320};

MaskSession session(std::initializer_list<Disc> list) {
  auto made = MaskSession::create(discs(kSize, list));
  EXPECT_TRUE(made);
  return *std::move(made);
}

TEST(MaskSession, PutsSeveralObjectsIntoOneMask) {
  auto two = session({{130, 160, 60}, {350, 160, 60}});
  PromptSet prompts;
  prompts.objects.push_back({{click(130.0 / 480, 0.5)}});
  prompts.objects.push_back({{click(350.0 / 480, 0.5)}});
  const auto mask = two.mask(prompts, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(mask->size(), kSize);
  EXPECT_GT(iou_with(*mask,
                     [](int x, int y) {
                       return in_disc(x, y, 130, 160, 60) || in_disc(x, y, 350, 160, 60);
                     }),
            0.95);
}

TEST(MaskSession, ABrushIsNotTakenBackByTheFilterAlongTheEdge) {
  auto session = MaskSession::create(discs({480, 320}, {{240, 160, 70}}));
  ASSERT_TRUE(session) << session.error().sentence;
  Prompt brush;
  brush.kind = PromptKind::Stroke;
  brush.radius = 0.01;
  brush.places = {{0.1, 0.1}};
  Prompt away = brush;
  away.on_object = false;
  away.places = {{0.5, 0.5}, {0.55, 0.5}};
  PromptSet prompts;
  prompts.source_size = {480, 320};
  prompts.objects = {{{click(0.5, 0.4), brush, away}}};
  const auto mask = session->mask(prompts, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(mask->view().at(48, 32), 1.0F);
  EXPECT_EQ(mask->view().at(50, 34), 1.0F);
  EXPECT_EQ(mask->view().at(48, 90), 0.0F);
  EXPECT_EQ(mask->view().at(250, 160), 0.0F);
  EXPECT_GT(mask->view().at(250, 120), 0.99F);
}

TEST(MaskSession, FeathersAndMovesTheOutline) {
  auto one = session({{240, 160, 70}});
  PromptSet prompts;
  prompts.objects.push_back({{click(0.5, 0.5)}});
  const auto area = [&](const MaskSettings& settings) {
    const auto mask = one.mask(prompts, settings);
    EXPECT_TRUE(mask);
    double sum = 0;
    for (int y = 0; y < kSize.height; ++y) {
      for (const float value : mask->view().row(y)) sum += value >= 0.5F ? 1 : 0;
    }
    return sum;
  };
  MaskSettings strict;
  strict.threshold = 0.95;
  EXPECT_LT(area(strict), area({}));
  MaskSettings soft;
  soft.feather = 30;
  const auto mask = one.mask(prompts, soft);
  ASSERT_TRUE(mask);
  EXPECT_GT(mask->view().at(240 + 76, 160), 0.05F);
  EXPECT_LT(mask->view().at(240 + 66, 160), 0.97F);
}

TEST(MaskSession, RefusesSettingsOutOfRange) {
  auto one = session({{240, 160, 70}});
  PromptSet prompts;
  prompts.objects.push_back({{click(0.5, 0.5)}});
  MaskSettings settings;
  settings.threshold = 1.2;
  const auto mask = one.mask(prompts, settings);
  ASSERT_FALSE(mask);
  EXPECT_EQ(mask.error().code, ErrorCode::Usage);
  EXPECT_THAT(mask.error().sentence, testing::HasSubstr("threshold goes from 0.01 to 0.99"));
  settings = {};
  settings.feather = -1;
  EXPECT_FALSE(one.mask(prompts, settings));
}

TEST(MaskSession, RefusesPromptsThatPointAtNothing) {
  auto one = session({{240, 160, 70}});
  EXPECT_FALSE(one.mask(PromptSet{}, {}));
}

}  // namespace
}  // namespace latent::mask
