// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/image.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "image/tensor.h"

namespace latent {
namespace {

TEST(Image, IsZeroAtBirthAlignedAndContiguous) {
  const auto image = Image<float>::create({5, 3}, 2);
  ASSERT_TRUE(image) << image.error().sentence;
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(image->view().data()) % 64, 0U);
  EXPECT_EQ(image->view().stride(), 10);
  for (int y = 0; y < 3; ++y) {
    for (const float sample : image->view().row(y)) EXPECT_EQ(sample, 0.0F);
  }
}

TEST(Image, ACropIsAWindowOnTheSameSamples) {
  auto image = Image<std::uint16_t>::create({6, 4});
  ASSERT_TRUE(image);
  const auto window = image->view().crop({2, 1, 3, 2});
  window.at(1, 1) = 7;
  EXPECT_EQ(image->view().at(3, 2), 7);
  EXPECT_EQ(window.row(1)[1], 7);
  EXPECT_EQ(window.row(0).size(), 3U);
}

TEST(Image, CloneIsItsOwn) {
  auto image = Image<std::uint16_t>::create({2, 2});
  ASSERT_TRUE(image);
  image->view().at(1, 1) = 9;
  auto copy = image->clone();
  ASSERT_TRUE(copy);
  copy->view().at(1, 1) = 3;
  EXPECT_EQ(image->view().at(1, 1), 9);
  EXPECT_EQ(copy->view().at(1, 1), 3);
}

TEST(Image, RefusesWhatTheLimitsRefuse) {
  EXPECT_FALSE(Image<float>::create({0, 4}));
  EXPECT_FALSE(Image<float>::create({65'000, 65'000}, 1, Limits{}));
}

#ifdef LATENT_CHECK_INVARIANTS
// Death tests: only builds for writing code look (`dev`, `fuzz`).
class CheckedViewDeathTest : public testing::Test {
 protected:
  CheckedViewDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  std::vector<float> samples_ = std::vector<float>(24);
  ImageView<float> view_{samples_.data(), {3, 4}, 6, 2};
};

TEST_F(CheckedViewDeathTest, EndsAtARowOutsideTheView) {
  EXPECT_EQ(view_.row(3).size(), 6U);
  EXPECT_DEATH((void)view_.row(4), "y < size_.height");
  EXPECT_DEATH((void)view_.row(-1), "y >= 0");
}

TEST_F(CheckedViewDeathTest, EndsAtASampleOutsideTheView) {
  EXPECT_EQ(view_.at(2, 3, 1), 0.0F);
  EXPECT_DEATH((void)view_.at(3, 0), "x < size_.width");
  EXPECT_DEATH((void)view_.at(0, 4), "y < size_.height");
  EXPECT_DEATH((void)view_.at(0, 0, 2), "channel < channels_");
}

TEST_F(CheckedViewDeathTest, EndsAtACropThatLeavesTheView) {
  EXPECT_EQ(view_.crop({1, 1, 2, 3}).height(), 3);
  EXPECT_TRUE(view_.crop({0, 4, 3, 0}).empty());
  EXPECT_DEATH((void)view_.crop({1, 1, 3, 1}), "contains");
}

TEST_F(CheckedViewDeathTest, EndsAtAShapeThatCannotBe) {
  EXPECT_DEATH(ImageView<float>(samples_.data(), {3, 4}, 5, 2), "stride");
  EXPECT_DEATH(ImageView<float>(nullptr, {3, 4}, 6, 2), "data");
  EXPECT_DEATH(ImageView<float>(samples_.data(), {-3, 4}, 6, 2), "size.width");
}

TEST_F(CheckedViewDeathTest, EndsAtAPlaneThatATensorDoesNotHave) {
  const TensorView tensor{samples_.data(), {1, 3, 2, 4}};
  EXPECT_EQ(tensor.plane(2).size(), 8U);
  EXPECT_DEATH((void)tensor.plane(3), "has_plane");
  EXPECT_DEATH((void)ConstTensorView(tensor).plane(-1), "has_plane");
}
#endif

TEST(Tensor, PlanesFollowOneAnother) {
  auto tensor = Tensor::create({1, 3, 2, 4});
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->view().plane(2).data() - tensor->view().data, 16);
  EXPECT_EQ(tensor->shape().count(), 24U);
}

}  // namespace
}  // namespace latent
