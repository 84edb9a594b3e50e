// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/closed_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "closed_form_judge.h"

namespace latent::mask {
namespace {

constexpr int kSide = 32;

/// The picture of make_closed_form_judge.py.
struct Judged {
  Image<float> picture = Image<float>::create({kSide, kSide}, 3).value();
  Image<std::uint8_t> trimap = Image<std::uint8_t>::create({kSide, kSide}).value();
  Image<float> start = Image<float>::create({kSide, kSide}).value();

  Judged() {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const int inside = std::clamp(x - 12 + (y * 5) % 7, 0, 8);
        const int noise = (x * 7 + y * 13 + x * y) % 5;
        picture.view().at(x, y, 0) = static_cast<float>(40 + 22 * inside + noise) / 255.0F;
        picture.view().at(x, y, 1) = static_cast<float>(150 - 12 * inside + 2 * noise) / 255.0F;
        picture.view().at(x, y, 2) = static_cast<float>(60 + 4 * y - 5 * inside + noise) / 255.0F;
        trimap.view().at(x, y) = x < 9 ? kGround : (x >= 23 ? kObject : kUnknown);
        start.view().at(x, y) = 0.5F;
      }
    }
  }
};

TEST(ClosedForm, FindsWhatPyMattingFinds) {
  const Judged judged;
  MattingSettings settings;
  settings.epsilon = 1e-5F;
  settings.most_iterations = 3000;
  settings.tolerance = 1e-6F;
  const auto matte =
      closed_form_matte(judged.picture.view(), judged.trimap.view(), judged.start.view(), settings);
  ASSERT_TRUE(matte);
  double worst = 0;
  double sum = 0;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double expected =
          std::clamp(kJudgedAlpha[static_cast<std::size_t>(y * kSide + x)], 0.0F, 1.0F);
      const double apart = std::abs(matte->view().at(x, y) - expected);
      worst = std::max(worst, apart);
      sum += apart;
    }
  }
  EXPECT_LT(worst, 0.02);
  EXPECT_LT(sum / (kSide * kSide), 0.003);
}

TEST(ClosedForm, LeavesWhatIsKnown) {
  const Judged judged;
  const auto matte =
      closed_form_matte(judged.picture.view(), judged.trimap.view(), judged.start.view());
  ASSERT_TRUE(matte);
  for (int y = 0; y < kSide; ++y) {
    EXPECT_EQ(matte->view().at(3, y), 0.0F);
    EXPECT_EQ(matte->view().at(28, y), 1.0F);
  }
}

TEST(ClosedForm, GivesTheGuessBackWhereNothingIsUnknown) {
  Judged judged;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) judged.trimap.view().at(x, y) = x < 16 ? kGround : kObject;
  }
  const auto matte =
      closed_form_matte(judged.picture.view(), judged.trimap.view(), judged.start.view());
  ASSERT_TRUE(matte);
  EXPECT_EQ(matte->view().at(15, 7), 0.0F);
  EXPECT_EQ(matte->view().at(16, 7), 1.0F);
}

TEST(ClosedForm, HoldsToTheFirstGuessWhereAsked) {
  const Judged judged;
  MattingSettings settings;
  settings.prior = 1000.0F;
  const auto matte =
      closed_form_matte(judged.picture.view(), judged.trimap.view(), judged.start.view(), settings);
  ASSERT_TRUE(matte);
  EXPECT_NEAR(matte->view().at(16, 16), 0.5F, 0.01F);
}

TEST(ClosedForm, StopsWhenAskedTo) {
  const Judged judged;
  std::stop_source stop;
  stop.request_stop();
  const auto matte = closed_form_matte(judged.picture.view(), judged.trimap.view(),
                                       judged.start.view(), {}, {stop.get_token(), {}});
  ASSERT_FALSE(matte);
  EXPECT_EQ(matte.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace latent::mask
