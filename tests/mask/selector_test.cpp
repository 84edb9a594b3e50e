// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/selector.h"

#include <gtest/gtest.h>

#include <array>

#include "scenes.h"

namespace latent::mask {
namespace {

constexpr Size kSize{480, 320};

std::shared_ptr<const Encoded> encoded(std::initializer_list<Disc> list) {
  const auto picture = discs(kSize, list);
  auto made = Encoded::create(picture.view());
  EXPECT_TRUE(made);
  return *made;
}

TEST(Selector, FindsAnObjectFromOneClick) {
  Selector selector(encoded({{240, 160, 70}}));
  const std::array prompts{click(0.5, 0.5)};
  const auto mask = selector.select(prompts);
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_GT(iou_with(*mask, [](int x, int y) { return in_disc(x, y, 240, 160, 70); }), 0.97);
}

TEST(Selector, TakesAPartAwayAgain) {
  Selector selector(encoded({{130, 160, 60}, {350, 160, 60}}));
  auto both = Image<float>::create(kSize).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const bool inside = in_disc(x, y, 130, 160, 60) || in_disc(x, y, 350, 160, 60);
      both.view().at(x, y) = inside ? 1.0F : 0.0F;
    }
  }
  const std::array prompts{click(350.0 / 480, 0.5, false)};
  const auto mask = selector.select(prompts, &both);
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_GT(iou_with(*mask, [](int x, int y) { return in_disc(x, y, 130, 160, 60); }), 0.9);
}

TEST(Selector, GivesTheSameForTheSamePromptsHoweverTheyCame) {
  const auto scene = encoded({{130, 160, 60}, {350, 160, 40}});
  const std::vector<Prompt> prompts{click(0.27, 0.5), click(0.7, 0.5), click(0.5, 0.1, false)};
  Selector at_once(scene);
  const auto one = at_once.select(prompts);
  Selector step_by_step(scene);
  for (std::size_t count = 1; count <= prompts.size(); ++count) {
    ASSERT_TRUE(step_by_step.select(std::span(prompts).first(count)));
  }
  ASSERT_TRUE(step_by_step.select(std::span(prompts).first(1)));  // undone, and done again
  const auto two = step_by_step.select(prompts);
  ASSERT_TRUE(one && two);
  for (int y = 0; y < one->height(); ++y) {
    ASSERT_TRUE(std::ranges::equal(one->view().row(y), two->view().row(y))) << "row " << y;
  }
}

TEST(Selector, StaysInsideABox) {
  Selector selector(encoded({{130, 160, 60}, {350, 160, 60}}));
  const std::array prompts{box(60.0 / 480, 90.0 / 320, 200.0 / 480, 230.0 / 320)};
  const auto mask = selector.select(prompts);
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_GT(iou_with(*mask, [](int x, int y) { return in_disc(x, y, 130, 160, 60); }), 0.93);
}

TEST(Selector, PaintsWhatABrushPaintedWhateverThePictureShows) {
  Selector selector(encoded({{240, 160, 70}}));
  const std::vector<Prompt> prompts{click(0.5, 0.5), stroke({{0.1, 0.1}, {0.2, 0.1}}, 0.02)};
  const auto mask = selector.select(prompts);
  ASSERT_TRUE(mask);
  EXPECT_EQ(mask->view().at(48, 32), 1);
  EXPECT_EQ(mask->view().at(96, 32), 1);
  EXPECT_EQ(mask->view().at(72, 38), 1);
}

TEST(Selector, ABrushThatTakesAwayLeavesTheRest) {
  Selector selector(encoded({{240, 160, 70}}));
  Prompt brush;
  brush.kind = PromptKind::Stroke;
  brush.on_object = false;
  brush.radius = 0.02;
  brush.places = {{0.4, 0.45}, {0.4, 0.55}};
  const std::array prompts{click(0.5, 0.5), brush};
  const auto mask = selector.select(prompts);
  ASSERT_TRUE(mask) << mask.error().sentence;
  const auto painted = [](int x, int y) {
    return std::hypot(x - 192, std::max(0, std::abs(y - 160) - 16)) < 9.6;
  };
  EXPECT_GT(
      iou_with(*mask, [&](int x, int y) { return in_disc(x, y, 240, 160, 70) && !painted(x, y); }),
      0.96);
  // The same from a mask that somebody made, without any click.
  auto before = Image<float>::create(kSize).value();
  for (int y = 90; y < 230; ++y) std::fill_n(before.view().row(y).begin() + 170, 140, 1.0F);
  const std::array only{brush};
  const auto less = selector.select(only, &before);
  ASSERT_TRUE(less) << less.error().sentence;
  EXPECT_EQ(less->view().at(192, 160), 0);
  EXPECT_EQ(less->view().at(240, 160), 1);
}

TEST(Selector, GoesOnFromAMask) {
  Selector selector(encoded({{130, 160, 60}, {350, 160, 60}}));
  auto before = Image<float>::create({240, 160}).value();
  for (int y = 0; y < 160; ++y) {
    for (int x = 0; x < 240; ++x) before.view().at(x, y) = in_disc(x, y, 65, 80, 30) ? 1.0F : 0.0F;
  }
  const std::array prompts{click(350.0 / 480, 0.5)};
  const auto mask = selector.select(prompts, &before);
  ASSERT_TRUE(mask);
  EXPECT_GT(iou_with(*mask,
                     [](int x, int y) {
                       return in_disc(x, y, 130, 160, 60) || in_disc(x, y, 350, 160, 60);
                     }),
            0.93);
}

TEST(Selector, RefusesWhatPointsAtNothing) {
  Selector selector(encoded({{240, 160, 70}}));
  const auto mask = selector.select(std::array{click(0.5, 0.5, false)});
  ASSERT_FALSE(mask);
  EXPECT_EQ(mask.error().code, ErrorCode::Usage);
}

TEST(Selector, TakesPicturesOfOnePixelAndOfOneColour) {
  for (const Size size : {Size{1, 1}, Size{1, 40}, Size{300, 2}, Size{64, 64}}) {
    auto picture = Image<std::uint8_t>::create(size, 3).value();
    auto made = Encoded::create(picture.view());
    ASSERT_TRUE(made) << made.error().sentence;
    Selector selector(*made);
    const auto mask = selector.select(std::array{click(0.5, 0.5), click(0.99, 0.99, false)});
    ASSERT_TRUE(mask) << mask.error().sentence;
    EXPECT_EQ(mask->size(), size);
  }
}

TEST(Selector, CanBeStopped) {
  const auto picture = discs(kSize, {{240, 160, 70}});
  std::stop_source stop;
  stop.request_stop();
  const auto made = Encoded::create(picture.view(), {stop.get_token(), {}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::mask
