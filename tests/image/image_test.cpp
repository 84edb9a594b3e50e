// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/image.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "image/tensor.h"

namespace latent {
namespace {

TEST(Image, IsZeroAtBirthAlignedAndContiguous) {
  const auto image = Image<float>::create({5, 3}, 2);
  ASSERT_TRUE(image) << image.error().message;
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

TEST(Tensor, PlanesFollowOneAnother) {
  auto tensor = Tensor::create({1, 3, 2, 4});
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->view().plane(2).data() - tensor->view().data, 16);
  EXPECT_EQ(tensor->shape().count(), 24U);
}

}  // namespace
}  // namespace latent
