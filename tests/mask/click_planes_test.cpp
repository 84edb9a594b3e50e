// SPDX-License-Identifier: GPL-3.0-or-later
// The same numbers as training/tests/test_clicks.py has for the planes of training.
#include "mask/click_planes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace latent::mask {
namespace {

constexpr Size kSize{100, 80};

template <class T>
Image<T> image(Size size, int channels = 1) {
  auto made = Image<T>::create(size, channels);
  EXPECT_TRUE(made);
  return *std::move(made);
}

/// 1 in the rectangle, 0 elsewhere.
Image<std::uint8_t> rectangle(const Rect& area) {
  auto mask = image<std::uint8_t>(kSize);
  for (int y = area.y; y < area.y + area.height; ++y) {
    for (int x = area.x; x < area.x + area.width; ++x) mask.view().at(x, y) = 1;
  }
  return mask;
}

struct Asked {
  Image<std::uint8_t> picture = image<std::uint8_t>(kSize, 3);
  Image<std::uint8_t> selector = rectangle({30, 20, 20, 10});
  std::vector<ClickPlace> places{{35.5, 25.5, true}, {90.5, 70.5, false}};

  [[nodiscard]] ClickQuestion question() const {
    ClickQuestion question;
    question.picture = picture.view();
    question.places = places;
    question.selector = selector.view();
    return question;
  }
};

float at(const NetTensor& planes, int plane, int x, int y) {
  const auto side = static_cast<std::size_t>(planes.dims[3]);
  return planes
      .values[(static_cast<std::size_t>(plane) * side + static_cast<std::size_t>(y)) * side +
              static_cast<std::size_t>(x)];
}

TEST(ClickCrop, HoldsWhatWasFoundAndLeavesOutWhatIsBesideTheObject) {
  const Asked asked;
  EXPECT_EQ(click_crop(asked.question()), (ClickCrop{24, 9, 32}));
}

TEST(ClickCrop, HoldsTheMaskBeforeToo) {
  const Asked asked;
  const auto before = rectangle({10, 20, 10, 10});
  ClickQuestion question = asked.question();
  question.before = before.view();
  EXPECT_EQ(click_crop(question), (ClickCrop{-2, -7, 64}));  // 10 to 50, 1.6 times as large
}

TEST(ClickCrop, IsTheWholePictureWhereTheObjectIsLargeOrNothingIsKnown) {
  Asked asked;
  asked.selector = rectangle({0, 0, 90, 80});
  EXPECT_EQ(click_crop(asked.question()), (ClickCrop{0, -10, 100}));
  asked.selector = rectangle({});
  asked.places.clear();
  EXPECT_EQ(click_crop(asked.question()), (ClickCrop{0, -10, 100}));
}

TEST(ClickCrop, OfASinglePixelStaysLargeEnoughToSeeSomething) {
  Asked asked;
  asked.selector = rectangle({});
  EXPECT_EQ(click_crop(asked.question()).side, 9);  // 3/32 of 100 px
}

TEST(ClickPlanes, SayWhereClicksAndMasksAre) {
  Asked asked;
  asked.picture.view().at(40, 30, 1) = 255;
  const auto planes = click_planes(asked.question(), {0, -10, 100}, 100);
  ASSERT_TRUE(planes) << planes.error().sentence;
  EXPECT_EQ(planes->dims, (std::vector<std::int64_t>{1, kClickPlanes, 100, 100}));
  EXPECT_FLOAT_EQ(at(*planes, 1, 40, 40), 0.5F);
  EXPECT_FLOAT_EQ(at(*planes, 1, 41, 40), -0.5F);
  EXPECT_NEAR(at(*planes, 0, 50, 3), 0.0F, 0.01F);  // beyond the picture
  EXPECT_FLOAT_EQ(at(*planes, 3, 35, 35), 1.0F);
  EXPECT_FLOAT_EQ(at(*planes, 5, 35, 35), 0.0F);
  EXPECT_FLOAT_EQ(at(*planes, 5, 90, 80), 1.0F);
  EXPECT_FLOAT_EQ(at(*planes, 4, 35 + 10, 35), std::exp(-100.0F / (2 * 6.25F * 6.25F)));
  EXPECT_FLOAT_EQ(at(*planes, 3, 35 + 3, 35), 0.5F);  // the rim of a disc of 3.5 pixels
  EXPECT_FLOAT_EQ(at(*planes, 7, 0, 0), 1.0F);        // no box
  EXPECT_FLOAT_EQ(at(*planes, 8, 35, 35), 0.5F);      // no mask before
  EXPECT_FLOAT_EQ(at(*planes, 9, 35, 35), 1.0F);
  EXPECT_FLOAT_EQ(at(*planes, 9, 35, 29), 0.0F);
}

TEST(ClickPlanes, ABoxIsOneInside) {
  const Asked asked;
  ClickQuestion question = asked.question();
  Prompt box;
  box.kind = PromptKind::Box;
  box.places = {{0.8, 0.75}, {0.2, 0.25}};
  question.box = box;
  const auto planes = click_planes(question, {0, -10, 100}, 100);
  ASSERT_TRUE(planes) << planes.error().sentence;
  EXPECT_FLOAT_EQ(at(*planes, 7, 20, 30), 1.0F);
  EXPECT_FLOAT_EQ(at(*planes, 7, 79, 69), 1.0F);
  EXPECT_FLOAT_EQ(at(*planes, 7, 19, 30), 0.0F);
  EXPECT_FLOAT_EQ(at(*planes, 7, 80, 69), 0.0F);
}

TEST(ClickPlaces, OfABrushAreFiveAtMostAndOfABoxNone) {
  Prompt stroke;
  stroke.kind = PromptKind::Stroke;
  stroke.on_object = false;
  stroke.radius = 0.01;
  for (int i = 0; i < 9; ++i) stroke.places.push_back({i / 10.0, 0.5});
  Prompt box;
  box.kind = PromptKind::Box;
  box.places = {{0, 0}, {1, 1}};
  const std::vector<Prompt> prompts{box, stroke};
  const auto places = click_places(prompts, kSize);
  ASSERT_EQ(places.size(), 5U);
  EXPECT_NEAR(places[0].x, 8, 1e-9);  // in the middle of each fifth of the line
  EXPECT_NEAR(places[1].x, 24, 1e-9);
  EXPECT_NEAR(places[4].x, 72, 1e-9);
  EXPECT_DOUBLE_EQ(places[4].y, 40);
  EXPECT_FALSE(places[4].on_object);
}

TEST(OutOfClickCrop, TheSelectorsMaskStaysWhereTheSquareDoesNotReach) {
  const auto selector = rectangle({0, 0, 20, 80});
  auto logits = image<float>({64, 64});
  for (int y = 0; y < 64; ++y) std::ranges::fill(logits.view().row(y), 3.0F);
  const auto mask = out_of_click_crop(logits.view(), {90, -5, 32}, selector.view());
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(mask->view().at(10, 70), 1);
  EXPECT_EQ(mask->view().at(30, 10), 0);
  EXPECT_EQ(mask->view().at(95, 26), 1);
  EXPECT_EQ(mask->view().at(95, 27), 0);
  EXPECT_EQ(mask->view().at(89, 10), 0);
}

}  // namespace
}  // namespace latent::mask
